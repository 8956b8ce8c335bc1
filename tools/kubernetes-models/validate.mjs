// Reads custom resources (a JSON array of {path, object}) from standard input, and prints a line for each problem.
//
// The models' validators check values, and TypeScript finds what no model has: the validators accept any other key.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const PACKAGES = {
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "grafana.integreatly.org": "@kubernetes-models/grafana-operator",
  "argoproj.io": "@kubernetes-models/argo-cd",
  "kustomize.toolkit.fluxcd.io": "@kubernetes-models/flux-cd",
  "source.toolkit.fluxcd.io": "@kubernetes-models/flux-cd",
  "helm.toolkit.fluxcd.io": "@kubernetes-models/flux-cd",
};
const SOURCE = fileURLToPath(new URL("objects.ts", import.meta.url));
const OPTIONS = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };

/** The module of an object's model. */
function moduleOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.split("/");
  if (!(group in PACKAGES)) throw new Error(`${apiVersion} ${kind}: no package has models of it`);
  return `${PACKAGES[group]}/${group}/${version}/${kind}`;
}

/** The problems of the values of an object. */
async function invalidValues({ path, object }) {
  const model = (await import(moduleOf(object)))[object.kind];
  try {
    new model(object).validate();
    return [];
  } catch (error) {
    return [`${path}: ${error.message}`];
  }
}

/** The problems that TypeScript reports for objects as literals of their models' types. */
function unknownKeys(entries) {
  const lines = entries.map(({ object }, index) =>
    `import type { I${object.kind} as Type${index} } from "${moduleOf(object)}"; ` +
    `export const object${index}: Type${index} = ${JSON.stringify(object)};`);
  const host = ts.createCompilerHost(OPTIONS);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === SOURCE ? ts.createSourceFile(name, lines.join("\n"), ts.ScriptTarget.ES2022) : original(name, ...rest);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === SOURCE || exists(name);
  const program = ts.createProgram([SOURCE], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map((each) => {
    const text = ts.flattenDiagnosticMessageText(each.messageText, " ");
    if (each.file?.fileName !== SOURCE) return text;
    return `${entries[each.file.getLineAndCharacterOfPosition(each.start).line].path}: ${text}`;
  });
}

const entries = JSON.parse(readFileSync(0, "utf8"));
const problems = [...(await Promise.all(entries.map(invalidValues))).flat(), ...unknownKeys(entries)];
for (const problem of problems) console.log(problem);
process.exitCode = problems.length ? 1 : 0;
