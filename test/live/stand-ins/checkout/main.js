const { execFileSync } = require("node:child_process");

const git = (...args) => execFileSync("git", args, { cwd: process.env.GITHUB_WORKSPACE, stdio: "inherit" });

const patterns = (process.env["INPUT_SPARSE-CHECKOUT"] ?? "").split("\n").filter((line) => line !== "");
const cone = process.env["INPUT_SPARSE-CHECKOUT-CONE-MODE"] !== "false";

git("init", "--quiet", "--initial-branch", "main");
git("remote", "add", "origin", process.env.ACT_REPOSITORY);
git("fetch", "--quiet", "--depth", "1", "origin", process.env.GITHUB_SHA);
if (patterns.length > 0) git("sparse-checkout", "set", cone ? "--cone" : "--no-cone", ...patterns);
git("checkout", "--quiet", "--detach", "FETCH_HEAD");
