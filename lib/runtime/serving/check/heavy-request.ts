import { repeated, type ExampleRequest } from "../example-request";
import type { ServingClient } from "./serving-client";

/** Milliseconds of work that leave time to ask something else meanwhile. */
const LONG_ENOUGH = 400;
/** Characters; below what servers commonly take as a body. */
const LONGEST = 4_000_000;
const FIRST_ROWS = 500;
const GROWTH = 4;

/** A request with so many rows that the server works on it for a while; `null` when it answers even the longest at once. */
export async function heavyRequest(client: ServingClient, { body }: ExampleRequest): Promise<string | null> {
  for (let rows = FIRST_ROWS; ; rows *= GROWTH) {
    const longer = repeated(body, rows);
    if (longer.length > LONGEST) return null;
    const began = performance.now();
    const { status } = await client.predict(longer);
    if (status !== 200) return null;
    if (performance.now() - began >= LONG_ENOUGH) return longer;
  }
}
