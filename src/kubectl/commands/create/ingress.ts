/** kubectl create ingress. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newIngress, RULE } from '../../generate/ingress.ts';
import type { StringMap } from '../../generate/object.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'ingress',
  aliases: ['ing'],
  usage: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  short: 'Create an ingress with the specified name.',
  examples: `# foo.com/bar goes to svc1:8080, with TLS
kubectl create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"

# Every host; paths below /path
kubectl create ingress catch-all --class=otheringress --rule="/path*=svc:port"

# Annotations
kubectl create ingress annotated --class=default --rule="foo.com/bar=svc:port" --annotation ingress.annotation1=foo --annotation ingress.annotation2=bla

# Several hosts
kubectl create ingress multipath --class=default --rule="foo.com/=svc:port" --rule="foo.com/admin/=svcadmin:portadmin"

# What no rule matches
kubectl create ingress ingdefault --class=default --default-backend=defaultsvc:http --rule="foo.com/*=svc:8080,tls=secret1"`,
  flags: {
    ...createFlags,
    annotation: { type: 'array', default: [], description: 'Annotation of the ingress: annotation=value.' },
    class: { type: 'string', default: '', description: 'Ingress class.' },
    'default-backend': { type: 'string', default: '', description: 'Service for what no rule matches: svcname:port.' },
    rule: { type: 'array', default: [], description: "Rule: host/path=service:port[,tls=secretname]. A path that ends with '*' is a prefix. tls is optional." },
  },
  async run(ctx, args, flags) {
    const { annotation, class: className, 'default-backend': defaultBackend, rule: rules } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    if (defaultBackend === '' && rules.length === 0) {
      throw new CommandError('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)');
    }
    for (const rule of rules) if (!RULE.test(rule)) throw new CommandError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
    const annotations: StringMap = {};
    for (const text of annotation) {
      const equals = text.indexOf('=');
      if (equals < 0) throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`);
      annotations[text.slice(0, equals)] = text.slice(equals + 1);
    }
    if (defaultBackend !== '' && defaultBackend.split(':').length !== 2) throw new CommandError('default-backend should be in format servicename:serviceport');
    await create(newIngress({ name, namespace, className, rules, defaultBackend, annotations }), { failure: 'failed to create ingress:' });
  },
});
