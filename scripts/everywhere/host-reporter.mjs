// Writes what came of a run on one host, as JSON, to the file that COTASK_REPORT names: counts, failures with their first
// line, and the tests that were left out.
import { writeFileSync } from 'node:fs';

const firstLine = (errors) => errors?.[0]?.message?.split('\n')[0] ?? 'failed';

const nameOf = (test) => ({ file: test.module.relativeModuleId, test: test.fullName });

export default class HostReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const report = { passed: 0, failures: [], skipped: [] };
    const fail = (what, errors) => report.failures.push(`${what}: ${firstLine(errors)}`);
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') report.passed += 1;
        else if (state === 'skipped') report.skipped.push(nameOf(test));
        else fail(`${module.relativeModuleId} > ${test.fullName}`, errors);
      }
      for (const part of [module, ...module.children.allSuites()])
        if (part.errors().length > 0) fail(part.fullName ?? module.relativeModuleId, part.errors());
    }
    for (const error of unhandledErrors) fail('an error outside any test', [error]);
    if (reason === 'interrupted') fail('the run was interrupted');
    writeFileSync(process.env.COTASK_REPORT, JSON.stringify(report));
  }
}
