/**
 * A server whose delays are known: `node injected-delays.mjs PORT BEHAVIOUR`, in a process of its own. BEHAVIOUR is JSON:
 *
 *   {"kind": "constant", "millis": 400}
 *   {"kind": "bimodal", "millis": 200, "slowMillis": 800, "every": 14}       every 14th request is slow
 *   {"kind": "stalls", "millis": 50, "every": 2000, "stallMillis": 1000}     nothing is answered in the first of every two seconds
 *   {"kind": "failing", "millis": 20}                                        of seven requests one gets 503, one a broken connection, one nothing
 *
 * `GET /record` says of each answered request how long it was here, in milliseconds and in order of arrival; `DELETE /record` forgets.
 */
import { createServer } from "node:http";

const [port, behaviourText] = process.argv.slice(2);
const behaviour = JSON.parse(behaviourText);
let record = [];
let requests = 0;

function answerAt(received, number) {
  const { kind, millis, every, slowMillis, stallMillis } = behaviour;
  if (kind === "bimodal") return received + (number % every === 0 ? slowMillis : millis);
  const due = received + millis;
  if (kind !== "stalls") return due;
  const phase = due % every;
  return phase < stallMillis ? due - phase + stallMillis : due;
}

function predict(response) {
  const received = performance.now();
  const number = ++requests;
  const entry = { millis: null };
  record.push(entry);
  const fate = behaviour.kind === "failing" ? number % 7 : -1;
  if (fate === 3) return;
  setTimeout(
    () => {
      entry.millis = performance.now() - received;
      if (fate === 2) response.destroy();
      else
        response.writeHead(fate === 1 ? 503 : 200, { "content-type": "application/json" }).end('{"predictions":[0]}');
    },
    answerAt(received, number) - received,
  );
}

createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    if (request.method === "POST") {
      predict(response);
      return;
    }
    // Kept open, the connection would be closed while a test waits for another program, and its next question would fail.
    response.setHeader("connection", "close");
    if (request.method === "DELETE") {
      record = [];
      requests = 0;
      response.end();
    } else response.end(request.url === "/record" ? JSON.stringify(record.map(({ millis }) => millis)) : "ok");
  });
}).listen(Number(port), "127.0.0.1");
