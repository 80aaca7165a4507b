import { Random } from "./random";

/** How often each cluster was drawn; all ones are the rows as they are. */
export type ClusterCounts = Uint32Array;

/** A figure computed from the rows, each counted as often as its cluster was drawn; NaN where it is undefined. */
export type Statistic = (counts: ClusterCounts) => number;

/** Several figures from one pass over the rows, always as many and in the same order. */
export type Figures = (counts: ClusterCounts) => readonly number[];

export interface Resampling {
  readonly replicates: number;
  readonly seed: number;
}

/** A figure on the rows as they are, and on every resample. */
export interface Resampled {
  readonly estimate: number;
  readonly replicates: Float64Array;
}

/**
 * The cluster bootstrap (Davison & Hinkley 1997, section 3.8): draws whole clusters with replacement, so that rows of one
 * person never count as independent. All figures see the same resamples, which makes their differences paired.
 */
export function clusterBootstrap(figures: Figures, clusters: number, { replicates, seed }: Resampling): Resampled[] {
  const estimates = figures(new Uint32Array(clusters).fill(1));
  const results = estimates.map((estimate) => ({ estimate, replicates: new Float64Array(replicates) }));
  const random = new Random(seed);
  const counts = new Uint32Array(clusters);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawClusters(random, counts);
    figures(counts).forEach((figure, index) => {
      results[index]!.replicates[replicate] = figure;
    });
  }
  return results;
}

function drawClusters(random: Random, counts: ClusterCounts): void {
  counts.fill(0);
  let draws = counts.length;
  while (draws-- > 0) {
    const cluster = random.below(counts.length);
    counts[cluster] = counts[cluster]! + 1;
  }
}
