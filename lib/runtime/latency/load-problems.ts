import { Problems, type Problem } from "../../blueprint/problems";
import { mostRequests, type ResolvedLoad } from "./load";

/** Everything by which a load cannot be sent, by the names of its properties. */
export function loadProblems(load: ResolvedLoad): readonly Problem[] {
  const problems = new Problems();
  const { url, payloads, rate, seconds, warmUpSeconds, timeoutSeconds, connections, seed } = load;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    problems.add("url", url.href, "is neither http nor https", "Give the address that answers predictions.");
  }
  if (url.username !== "" || url.password !== "") {
    problems.add("url", `${url.protocol}//...@${url.host}`, "carries a password", "Leave it out; none is sent.");
  }
  if (payloads.length === 0) {
    problems.add("payloads", [], "holds no request", "Give at least one body.");
  }
  for (const [name, value] of Object.entries({ rate, seconds, timeoutSeconds })) {
    if (!(value > 0) || !Number.isFinite(value)) {
      problems.add(name, value, "is not above 0", "Give a finite number above 0.");
    }
  }
  if (!(warmUpSeconds >= 0) || !Number.isFinite(warmUpSeconds)) {
    problems.add("warmUpSeconds", warmUpSeconds, "is no length of time", "Give 0 or more seconds.");
  }
  if (!Number.isSafeInteger(connections) || connections < 1) {
    problems.add("connections", connections, "is no number of connections", "Give a whole number, 1 or more.");
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    problems.add("seed", seed, "is no seed", "Give a whole number, 0 or more.");
  }
  if (problems.list.length === 0) checkSize(problems, load);
  return problems.list;
}

function checkSize(problems: Problems, { rate, seconds, warmUpSeconds }: ResolvedLoad): void {
  if (Math.round(rate * seconds) < 1) {
    problems.add("seconds", seconds, `leave no time for a request at ${rate} per second`, "Measure for longer.");
  }
  if (rate * (seconds + warmUpSeconds) > mostRequests) {
    problems.add(
      "seconds",
      seconds,
      `at ${rate} requests per second are more than ${mostRequests} requests`,
      "Measure for less time.",
    );
  }
}
