/** Charts that the Helm program turns into resources (kustomize HelmChartInflationGenerator). */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { readYaml } from '../../builder/yaml-reader.ts';
import { toYaml } from '../../printers/yaml.ts';
import { KustomizeError, prefixed } from '../errors.ts';
import type { HelmChart, HelmGlobals } from '../kustomization.ts';
import type { Generator, PluginContext } from '../plugin.ts';
import { readResources } from '../read-resources.ts';
import type { Fields, Resource } from '../resource.ts';
import { runProgram } from '../run-program.ts';
import { mergeMaps } from '../strategic-merge.ts';

export type HelmChartConfig = HelmChart & HelmGlobals;

const MERGES = ['merge', 'override', 'replace'];

export function helmChartGenerator(config: HelmChartConfig, context: PluginContext): Generator {
  const { helm } = context.options;
  if (!helm.enabled) throw new KustomizeError('must specify --enable-helm');
  if (helm.command === '') throw new KustomizeError('must specify --helm-command');
  // What the chart says of itself comes before what the command line says.
  const chart = { ...(helm.kubeVersion ? { kubeVersion: helm.kubeVersion } : {}), ...(helm.apiVersions.length > 0 ? { apiVersions: helm.apiVersions } : {}), ...(helm.debug ? { debug: true } : {}), ...config };
  const { name, additionalValuesFiles = [], valuesMerge } = chart;
  if (!name) throw new KustomizeError('chart name cannot be empty');
  for (const file of additionalValuesFiles) prefixed('could not load additionalValuesFile', () => context.loader.load(file));
  if (valuesMerge && !MERGES.includes(valuesMerge)) throw new KustomizeError(`valuesMerge must be one of [${MERGES.join(' ')}]`);
  return { generate: () => new Inflation(name, chart, context).run() };
}

class Inflation {
  /** Charts lie here. */
  readonly #home: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kustomize-helm-'));

  constructor(
    private readonly name: string,
    private readonly chart: HelmChartConfig,
    private readonly context: PluginContext,
  ) {
    const { chartHome = 'charts', version, repo } = chart;
    const home = isAbsolute(chartHome) ? chartHome : join(context.loader.root, chartHome || 'charts');
    this.#home = version && repo ? join(home, `${name}-${version}`) : home;
  }

  run(): readonly Resource[] {
    try {
      this.#checkVersion();
      this.#pull();
      return resourcesOf(this.#helm(this.#template(this.#writeValues())));
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  #checkVersion(): void {
    const told = this.#helm(['version', '-c', '--short']);
    const version = /v?(\d+(?:\.\d+)+)/.exec(told)?.[1];
    if (version === undefined) throw new KustomizeError(`cannot find version string in ${told}`);
    if (!version.startsWith('3.')) throw new KustomizeError(`this plugin requires helm V3 but got v${version}`);
  }

  /** Fetches a chart that is not there. */
  #pull(): void {
    const { repo = '', version = '' } = this.chart;
    const found = statSync(join(this.#home, this.name), { throwIfNoEntry: false });
    if (found?.isDirectory()) return;
    if (repo === '') throw new KustomizeError(`no repo specified for pull, no chart found at '${found ? join(this.#home, this.name) : ''}'`);
    const source = repo.startsWith('oci://') ? [`${repo.replace(/\/$/, '')}/${this.name}`] : ['--repo', repo, this.name];
    this.#helm(['pull', '--untar', '--untardir', this.#home, ...source, ...(version === '' ? [] : ['--version', version])]);
  }

  /** The chart's values, with those that stand in the kustomization, as a file of our own. */
  #writeValues(): string {
    const { loader } = this.context;
    const { valuesInline = {}, valuesMerge = '', valuesFile } = this.chart;
    const source = valuesFile || join(this.#home, this.name, 'values.yaml');
    const read = (): Fields => (readYaml(loader.load(source).toString('utf8'), 'true-false') ?? {}) as Fields;
    const values = Object.keys(valuesInline).length === 0 ? loader.load(source)
      : toYaml(valuesMerge === 'replace' ? valuesInline : (valuesMerge === 'merge' ? mergeMaps(valuesInline, read()) : mergeMaps(read(), valuesInline)) ?? {});
    const path = join(this.#folder, `${this.name}-kustomize-values.yaml`);
    writeFileSync(path, values);
    return path;
  }

  /** HelmChart.AsHelmArgs. */
  #template(values: string): readonly string[] {
    const { releaseName, namespace, nameTemplate, additionalValuesFiles = [], apiVersions = [], kubeVersion, includeCRDs, skipTests, skipHooks, debug } = this.chart;
    return [
      'template', releaseName || '--generate-name', join(this.#home, this.name), ...(namespace ? ['--namespace', namespace] : []), ...(nameTemplate ? ['--name-template', nameTemplate] : []),
      '-f', values, ...additionalValuesFiles.flatMap((file) => ['-f', join(this.context.loader.root, file)]), ...apiVersions.flatMap((version) => ['--api-versions', version]),
      ...(kubeVersion ? ['--kube-version', kubeVersion] : []), ...(includeCRDs ? ['--include-crds'] : []), ...(skipTests ? ['--skip-tests'] : []), ...(skipHooks ? ['--no-hooks'] : []), ...(debug ? ['--debug'] : []),
    ];
  }

  #helm(args: readonly string[]): string {
    const { env, helm: { command } } = this.context.options;
    const config = this.chart.configHome || join(this.#folder, 'helm');
    const places = { HELM_CONFIG_HOME: config, HELM_CACHE_HOME: `${config}/.cache`, HELM_DATA_HOME: `${config}/.data` };
    const { stdout, stderr, fault } = runProgram(command, args, { env: { ...env, ...places } });
    if (fault === undefined) return stdout;
    const told = args.includes('--debug') ? ` Helm stack trace:\n${stderr}\nHelm template:\n${stdout}\n` : stderr;
    const shown = Object.entries(places).map((pair) => pair.join('=')).join(' ');
    throw new KustomizeError(`${told === '' ? '' : `${told}: `}unable to run: '${[command, ...args].join(' ')}' with env=[${shown}] (is '${command}' installed?): ${fault}`);
  }
}

function resourcesOf(output: string): readonly Resource[] {
  return prefixed('error reading helm output', () => readResources(output));
}
