import type { Job } from "../../jobs/job";
import type { Task } from "./task";

/** What this machine gets ready for jobs that need it; shown and scheduled like jobs. */
export const Preparation = { python: "python-environment", mlflow: "mlflow-server" } as const;

/**
 * The jobs as tasks of one machine: before those that need them, the Python environment and a tracking server.
 *
 * @param approved - environments that a person let promotion into
 */
export function tasksOf(jobs: readonly Job[], needsServer: boolean, approved: readonly string[]): readonly Task[] {
  const usesPython = (job: Job): boolean => job.steps.some(({ kind }) => kind === "install-python");
  const usesServer = (job: Job): boolean => needsServer && (job.holdings.tracking || job.holdings.registry);
  const ready = (id: string, title: string, users: (job: Job) => boolean): Task[] =>
    jobs.some(users) ? [{ id, title, needs: [], awaitsApproval: false }] : [];
  return [
    ...ready(Preparation.python, "Locked Python environment", usesPython),
    ...ready(Preparation.mlflow, "Embedded MLflow server", usesServer),
    ...jobs.map((job) => ({
      id: job.id,
      title: job.title,
      needs: [
        ...(usesPython(job) ? [Preparation.python] : []),
        ...(usesServer(job) ? [Preparation.mlflow] : []),
        ...job.needs,
      ],
      awaitsApproval: job.approval && !approved.includes(job.environment ?? ""),
    })),
  ];
}
