import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACTION_PINS, type ActionPin } from "../../lib/renderers/github/action-pins";
import { describeWith, goTool } from "../tools";
import { runWorkflow } from "./act";

const uses = (pin: ActionPin): string => `${pin.action}@${pin.sha}`;

const workflow = `
on: push
jobs:
  give:
    runs-on: ubuntu-24.04
    outputs: { id: "\${{ steps.upload.outputs.artifact-id }}" }
    steps:
      - uses: ${uses(ACTION_PINS.checkout)}
        with: { sparse-checkout: /.slipway/, sparse-checkout-cone-mode: false }
      - run: |
          test -f .slipway/manifest.json
          test ! -e train.py
          mkdir -p "$RUNNER_TEMP/out/.hidden"
          echo "$VALUE" > "$RUNNER_TEMP/out/.hidden/value"
        env: { VALUE: "\${{ secrets.KEY }}" }
      - uses: ${uses(ACTION_PINS.uploadArtifact)}
        id: upload
        with: { name: data, path: "\${{ runner.temp }}/out", include-hidden-files: true }
  take:
    runs-on: ubuntu-24.04
    needs: give
    steps:
      - uses: ${uses(ACTION_PINS.downloadArtifact)}
        with: { artifact-ids: "\${{ needs.give.outputs.id }}", path: "\${{ runner.temp }}/in" }
      - name: Read it
        run: |
          test -z "\${KEY-}"
          wc -l < "$RUNNER_TEMP/in/.hidden/value"
          exit 3
  behind:
    runs-on: ubuntu-24.04
    needs: take
    steps: [{ run: echo never }]
  verdict:
    runs-on: ubuntu-24.04
    if: always()
    needs: [give, take, behind]
    steps:
      - run: echo "take was $RESULT, behind was $BEHIND"
        env: { RESULT: "\${{ needs.take.result }}", BEHIND: "\${{ needs.behind.result }}" }
`;

describeWith(
  () => goTool("act"),
  "act",
  () => {
    let repository: string;
    beforeAll(() => {
      repository = mkdtempSync(join(tmpdir(), "slipway-act-test-"));
      const write = (path: string, text: string): void => {
        mkdirSync(join(repository, path, ".."), { recursive: true });
        writeFileSync(join(repository, path), text);
      };
      write(".github/workflows/w.yml", workflow);
      write(".slipway/manifest.json", "{}");
      write("train.py", "");
      const git = (...args: string[]): void => void execFileSync("git", args, { cwd: repository });
      git("init", "--quiet", "--initial-branch", "main");
      git("add", "--all");
      git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "Add a workflow");
      git("remote", "add", "origin", "https://github.com/acme/insurance-risk.git");
    });
    afterAll(() => {
      rmSync(repository, { recursive: true, force: true });
    });

    it("runs jobs in their order, hands artifacts over by id, and says which step of which job failed", async () => {
      const result = await runWorkflow({
        repository,
        workflow: ".github/workflows/w.yml",
        event: "push",
        secrets: { KEY: "first line\nsecond $line" },
        variables: {},
      });
      expect(result.log).toContain("take was failure, behind was skipped");
      expect(Object.fromEntries(result.jobs)).toEqual({ give: "success", take: "failure", verdict: "success" });
      expect(result.failedSteps.get("take")).toEqual(["Read it"]);
      expect(result.log).toMatch(/^take \| 2$/m);
    });
  },
);
