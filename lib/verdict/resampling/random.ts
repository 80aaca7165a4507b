/** xoshiro128** by Blackman and Vigna (https://prng.di.unimi.it), seeded by splitmix32: the same draws on any machine. */
export class Random {
  private readonly state = new Uint32Array(4);

  /** @param seed - any whole number from 0 to 2^53 - 1 */
  public constructor(seed: number) {
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    for (let word = 0; word < 4; word++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let value = mixed;
      value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
      value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
      this.state[word] = value ^ (value >>> 15);
    }
  }

  /** A whole number from 0 to bound - 1, each as likely as any other (Lemire's rejection would cost more than the bias of 2^-32 it removes). */
  public below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  private next(): number {
    const state = this.state;
    const [s0, s1, s2, s3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const crossed = s2 ^ s0;
    const mixed = s3 ^ s1;
    state[1] = s1 ^ crossed;
    state[0] = s0 ^ mixed;
    state[2] = crossed ^ (s1 << 9);
    state[3] = rotate(mixed, 11);
    return result;
  }
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
