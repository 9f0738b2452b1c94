/** ValidatingAdmissionWebhook: all webhooks that want a request are asked at once. Follows apiserver pkg/admission/plugin/webhook/validating. */
import type { ValidatingWebhook, ValidatingWebhookConfiguration } from '../../../api/generated/types.ts';
import { VALIDATINGWEBHOOKCONFIGURATIONS } from '../../../api/kinds.ts';
import type { Stored } from '../../../api/object.ts';
import type { Lookup } from '../../storage/storages.ts';
import type { AdmissionContext } from '../index.ts';
import { isExempt } from '../matching.ts';
import type { AdmissionPlugin, Attributes } from '../plugin.ts';
import { byName } from './configurations.ts';

export function validatingAdmissionWebhook(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (_operation, resource) => !isExempt(resource),

    validate(attributes: Attributes, cluster: Lookup) {
      const found = cluster.list(VALIDATINGWEBHOOKCONFIGURATIONS);
      // Asked for every write: no promise, and no code that calls, where there are no webhooks.
      if (found instanceof Promise) return found.then((late) => (late.length > 0 ? askAll(late, attributes, context, cluster) : undefined));
      return found.length > 0 ? askAll(found, attributes, context, cluster) : undefined;
    },
  };
}

async function askAll(configurations: readonly Stored<ValidatingWebhookConfiguration>[], attributes: Attributes, context: AdmissionContext, cluster: Lookup): Promise<undefined> {
  const { CallFailure, failed, review, wants } = await import('./review.ts');
  const asked: { webhook: ValidatingWebhook; matched: NonNullable<Awaited<ReturnType<typeof wants>>> }[] = [];
  for (const { webhooks = [] } of byName(configurations)) {
    for (const webhook of webhooks) {
      const matched = await wants(webhook, attributes, context, cluster);
      if (matched) asked.push({ webhook, matched });
    }
  }
  const errors = await Promise.all(
    asked.map(async ({ webhook, matched }) => {
      try {
        await review(webhook, attributes, matched, context, cluster, false);
        return undefined;
      } catch (error) {
        return error instanceof CallFailure ? failed(webhook, error) : error;
      }
    }),
  );
  const first = errors.find((error) => error !== undefined);
  if (first instanceof Error) throw first;
  if (asked.length > 0) attributes.note('validating admission: ValidatingAdmissionWebhook', asked.map(({ webhook }) => webhook.name).join(', '));
}
