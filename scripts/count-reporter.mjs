// Ends a run of the tests with one plain line, `N passed, N failed`, whatever happened before: it counts what the runner's
// own summary leaves out, what the checks before the tests found (their names come in COTASK_FAILED_CHECKS), and what came of
// the tests on other hosts (COTASK_ELSEWHERE).

/** @type {{ passed: number, failed: string[] }} */
const elsewhere = JSON.parse(process.env.COTASK_ELSEWHERE || '{ "passed": 0, "failed": [] }');

const isFileFailure = (module) => module.state() === 'failed' && module.errors().length > 0;

const countTests = (modules) => {
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) counts[test.result().state] += 1;
  }
  return counts;
};

const failuresBesideTests = (modules, unhandledErrors) => {
  const checks = (process.env.COTASK_FAILED_CHECKS ?? '').split(',').filter((name) => name !== '');
  const suites = modules
    .flatMap((module) => [...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0);
  return [
    ...elsewhere.failed,
    ...checks.map((name) => `${name}: failed before the tests began, see above`),
    ...modules.filter(isFileFailure).map((module) => `${module.relativeModuleId}: the file itself failed`),
    ...suites.map((suite) => `${suite.fullName}: the suite itself failed`),
    ...unhandledErrors.map((error) => `an error outside any test: ${error.message}`),
  ];
};

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const { passed, failed, pending } = countTests(modules);
    const others = failuresBesideTests(modules, unhandledErrors);
    if (pending > 0) others.push(`${pending} tests never ended`);
    if (reason === 'interrupted') others.push('the run was interrupted');
    if (passed + failed + pending === 0) others.push('no test was found');
    const allFailed = failed + others.length;
    if (allFailed > 0) process.exitCode = 1;
    const lines = [...others, `${passed + elsewhere.passed} passed, ${allFailed} failed`];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}
