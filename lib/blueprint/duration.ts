import { InvalidInputError } from "./problems";

/** A length of time that says its unit. */
export class Duration {
  /** Milliseconds. @throws InvalidInputError when the amount is negative or not finite */
  public static millis(amount: number): Duration {
    return new Duration(amount, 1, "millis");
  }

  /** Seconds. @throws InvalidInputError when the amount is negative or not finite */
  public static seconds(amount: number): Duration {
    return new Duration(amount, 1_000, "seconds");
  }

  /** Minutes. @throws InvalidInputError when the amount is negative or not finite */
  public static minutes(amount: number): Duration {
    return new Duration(amount, 60_000, "minutes");
  }

  /** Hours. @throws InvalidInputError when the amount is negative or not finite */
  public static hours(amount: number): Duration {
    return new Duration(amount, 3_600_000, "hours");
  }

  /** Days of 24 hours. @throws InvalidInputError when the amount is negative or not finite */
  public static days(amount: number): Duration {
    return new Duration(amount, 86_400_000, "days");
  }

  private readonly milliseconds: number;

  private constructor(amount: number, unitMillis: number, unit: string) {
    if (!Number.isFinite(amount) || amount < 0) {
      throw new InvalidInputError("Duration", [
        {
          path: `Duration.${unit}`,
          value: amount,
          says: "is not a length of time",
          remedy: "Give a finite number that is at least 0.",
        },
      ]);
    }
    this.milliseconds = amount * unitMillis;
  }

  /** In milliseconds. */
  public toMillis(): number {
    return this.milliseconds;
  }

  /** In hours, with their fraction. */
  public toHours(): number {
    return this.milliseconds / 3_600_000;
  }
}
