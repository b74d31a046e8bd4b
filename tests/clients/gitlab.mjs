// SPDX-License-Identifier: Apache-2.0
//
// gitlab.mjs - what the rows about ci-templates/gitlab share: projects that include the template, and gitlab-ci-local
//
// A project is a repository of its own below TMPDIR; the jobs' programs are those of TMPDIR/bin.
// gitlab-ci-local says that GITLAB_CI is false, and names a CI_PROJECT_DIR that is not there: both are set right.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { clients, run, text } from "./truth.mjs";

export const fixtures = "tests/fixtures/ci/gitlab";
export const template = "ci-templates/gitlab/scanstep.gitlab-ci.yml";
const work = process.env.TMPDIR;

// ---- Projects ----

let projects = 0;

// A repository; files is by path the name of a file, or text.
function project(files) {
  const folder = join(work, `project${projects++}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), existsSync(content) ? readFileSync(content) : content);
  }
  const git = (...args) => run("git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args);
  git("init", "-q", "-b", "main");
  git("remote", "add", "origin", "https://gitlab.example.com/shop/app.git");
  git("add", "-A");
  git("commit", "-q", "-m", "test");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  return folder;
}

// One that has the template, to be included as a file or as a component.
export const withTemplate = (yml, more = {}) => project({
  ".gitlab-ci.yml": yml, "scanstep.gitlab-ci.yml": template, "templates/scanstep.yml": template, ...more,
});

export const including = (inputs) => `include:\n  - local: scanstep.gitlab-ci.yml\n    inputs: ${JSON.stringify(inputs)}\n`;

// The example, with the component of the project itself.
export const nightly = () => text("ci-templates/gitlab/nightly.gitlab-ci.yml")
  .replaceAll("/security/scanstep/scanstep@1.0", "/$CI_PROJECT_PATH/scanstep@$CI_COMMIT_SHA");

// ---- Kinds of pipeline ----

export const push = { CI_PIPELINE_SOURCE: "push" };
export const mergeRequest = { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" };
export const opened = { CI_PIPELINE_SOURCE: "push", CI_OPEN_MERGE_REQUESTS: "shop/app!1" };
export const schedule = { CI_PIPELINE_SOURCE: "schedule" };
export const tag = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "", CI_COMMIT_TAG: "1.0" };

// ---- gitlab-ci-local ----

const tool = join(clients, "npm/node_modules/gitlab-ci-local/dist/index.js");

export function ciLocal(folder, variables, ...args) {
  const set = Object.entries({ GITLAB_CI: "true", CI_PROJECT_DIR: ".", ...variables });
  const p = spawnSync(process.execPath, [tool, "--no-color", ...args,
    "--ignore-predefined-vars", set.map(([key]) => key).join(","),
    ...set.flatMap(([key, value]) => ["--variable", `${key}=${value}`])], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PATH: join(work, "bin") + delimiter + process.env.PATH },
  });
  if (p.error) throw p.error;
  return { status: p.status, printed: p.stdout, log: p.stdout + p.stderr };
}
