"""Writes data/sample.csv: invented people in the shape of the data, for pull requests. None of them took part.

Columns follow simple made-up laws (who is older and sicker costs more), just enough for a smoke run to train on.
"""

import pathlib

import numpy
import pandas

SEED = 20240101
PEOPLE = 200
YEARS = 5
OUTPUT = pathlib.Path(__file__).with_name("sample.csv")

COLUMNS = (
    "plan site coins tookphys year zper black income xage female educdec time "
    "outpdol drugdol suppdol mentdol inpdol meddol totadm inpmis mentvis mdvis notmdvis num "
    "mhi disea physlm ghindx mdeoff pioff child fchild lfam lpi idp logc "
    "fmde hlthg hlthf hlthp xghindx linc lnum lnmeddol binexp"
).split()


def people(random):
    n = PEOPLE
    plan = random.integers(1, 20, n)
    coins = numpy.array([0, 25, 50, 95, 100])[plan % 5]
    age = random.uniform(0, 62, n)
    female = random.integers(0, 2, n)
    family = random.integers(1, 9, n)
    income = random.gamma(4, 2500, n).round(2)
    health = random.choice(4, n, p=[0.5, 0.35, 0.12, 0.03])
    index = (85 - 12 * health - random.gamma(2, 3, n)).clip(5, 100).round(1)
    bonus = random.gamma(2, 150, n).round(2) * (coins > 0)
    deductible = random.choice([0, 150, 450, 1000], n)
    return pandas.DataFrame(
        {
            "zper": 200000 + numpy.arange(n),
            "plan": plan,
            "site": random.integers(1, 7, n),
            "coins": coins,
            "tookphys": random.integers(0, 2, n),
            "black": random.choice([0, 1], n, p=[0.8, 0.2]),
            "income": income,
            "xage": age.round(3),
            "female": female,
            "educdec": random.integers(6, 18, n),
            "num": family,
            "mhi": random.normal(75, 12, n).clip(10, 100).round(1),
            "disea": (random.gamma(2, 4, n) + 4 * health).clip(0, 60).round(1),
            "physlm": (random.random(n) < 0.05 + 0.1 * health).astype(int),
            "ghindx": index,
            "mdeoff": deductible,
            "pioff": bonus,
            "idp": (plan == 11).astype(int),
            "hlthg": (health == 1).astype(int),
            "hlthf": (health == 2).astype(int),
            "hlthp": (health == 3).astype(int),
            "xghindx": index,
        }
    )


def person_years(random):
    frame = people(random)
    frame = frame.loc[frame.index.repeat(YEARS)].reset_index(drop=True)
    n = len(frame)
    frame["year"] = numpy.tile(numpy.arange(1, YEARS + 1), PEOPLE)
    frame["child"] = (frame["xage"] < 18).astype(int)
    frame["fchild"] = frame["female"] * frame["child"]
    burden = 0.5 + frame["xage"] / 40 + frame["disea"] / 15 + 0.3 * frame["female"] * (1 - frame["child"])
    visits = random.poisson(burden)
    admissions = random.poisson(0.04 * burden)
    outpatient = pandas.Series(visits * random.gamma(2, 12, n)).round(4)
    drugs = (visits * random.gamma(1, 8, n)).round(4)
    inpatient = (admissions * random.gamma(2, 400, n)).round(4)
    cost = (outpatient + drugs + inpatient).round(4)
    return frame.assign(
        time=1.0,
        outpdol=outpatient,
        drugdol=drugs,
        suppdol=0.0,
        mentdol=0.0,
        inpdol=inpatient,
        meddol=cost,
        totadm=admissions,
        inpmis=0,
        mentvis=0,
        mdvis=visits,
        notmdvis=random.poisson(0.5, n),
        lfam=numpy.log(frame["num"]).round(6),
        lnum=numpy.log(frame["num"]).round(6),
        lpi=numpy.log(frame["pioff"].where(frame["pioff"] > 1, 1)).round(6),
        logc=numpy.log(frame["coins"] + 1).round(6),
        fmde=numpy.log(frame["mdeoff"] + 1).round(6),
        linc=numpy.log(frame["income"].where(frame["income"] > 1, 1)).round(6),
        lnmeddol=numpy.log(cost.where(cost > 0)).round(6),
        binexp=(cost > 0).astype(int),
    )[COLUMNS]


def main():
    frame = person_years(numpy.random.default_rng(SEED))
    frame.to_csv(OUTPUT, index=False, lineterminator="\n")
    print(f"{len(frame)} invented person-years -> {OUTPUT.name}")


if __name__ == "__main__":
    main()
