/** Bodies as kubectl v1.33 sends them: protocol buffers in an envelope. */
import { decodeProtobuf } from '../../../src/apiserver/http/protobuf/decode.ts';
import { fieldsOf } from '../../../src/apiserver/http/protobuf/wire.ts';

const decode = (hex: string): unknown => decodeProtobuf(Buffer.from(hex, 'hex'));
const bodyOf = (hex: string): Record<string, { [key: string]: unknown }> => decode(hex) as Record<string, { [key: string]: unknown }>;

/** kubectl create quota q2 --hard=pods=30,cpu=1500m */
const QUOTA = '6b3873000a130a027631120d5265736f7572636551756f746112360a120a02713212001a0022002a00320038004200121e0a0e0a0363707512070a05313530306d0a0c0a04706f647312040a0233301a001a002200';
/** kubectl create ingress i2 --rule=foo.com/bar=svc1:8080 --annotation=a=b */
const INGRESS = '6b3873000a1f0a146e6574776f726b696e672e6b38732e696f2f76311207496e677265737312510a1a0a02693212001a0022002a0032003800420062060a0161120162122f1a2d0a07666f6f2e636f6d12220a200a1e0a042f626172120f220d0a047376633112050a0010903f1a0545786163741a020a001a002200';
/** kubectl create secret generic s2 --from-literal=x=y */
const SECRET = '6b3873000a0c0a0276311206536563726574121e0a120a02733212001a0022002a0032003800420012060a01781201791a001a002200';
/** kubectl create pdb p2 --selector=a=b --min-available=50% */
const BUDGET = '6b3873000a200a09706f6c6963792f76311213506f6444697372757074696f6e42756467657412370a120a02703212001a0022002a0032003800420012150a09080110001a0335302512080a060a01611201621a0a080018002000280030001a002200';
/** kubectl create deployment d2 --image=nginx --replicas=0 --port=80 */
const DEPLOYMENT =
  '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412b4010a1d0a02643212001a0022002a003200380042005a090a03617070120264321284010800120b0a090a03617070120264321a6b0a1b0a0012001a0022002a003200380042005a090a0361707012026432124c122e0a056e67696e7812056e67696e782a00320a0a001000185022002a0042006a007200800100880100900100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c0800100018002000280038001a002200';

test('quantities in a map', () => {
  expect(bodyOf(QUOTA)).toMatchObject({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q2', creationTimestamp: null }, spec: { hard: { cpu: '1500m', pods: '30' } } });
});

test('messages whose fields are the object’s own', () => {
  const body = bodyOf(INGRESS);
  expect(body['metadata']).toMatchObject({ annotations: { a: 'b' } });
  expect(body['spec']).toEqual({ rules: [{ host: 'foo.com', http: { paths: [{ path: '/bar', pathType: 'Exact', backend: { service: { name: 'svc1', port: { name: '', number: 8080 } } } }] } }] });
});

test('bytes are base64', () => expect(bodyOf(SECRET)['data']).toEqual({ x: 'eQ==' }));

test('a number or a text', () => expect(bodyOf(BUDGET)['spec']).toMatchObject({ minAvailable: '50%', selector: { matchLabels: { a: 'b' } } }));

test('a pointer to zero stays', () => {
  const spec = bodyOf(DEPLOYMENT)['spec'] as { replicas: number; template: { spec: { containers: unknown[] } } };
  expect(spec.replicas).toBe(0);
  expect(spec.template.spec.containers).toMatchObject([{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80, hostPort: 0, name: '' }] }]);
});

test.each([
  ['7b7d', 'does not appear to be a protobuf message'],
  ['6b387300' + '0a0c0a0276311206536563726574' + '12ff', 'unexpected EOF'],
  ['6b387300' + '0a080a02763112024e6f', 'no kind "No" is registered for version "v1"'],
])('a body that is none: %s', (hex, text) => expect(() => decode(hex)).toThrow(text));

test('numbers below zero and of more than 32 bits', () => {
  const bytes = Buffer.from('08ffffffffffffffffff01' + '10808080808010', 'hex');
  expect([...fieldsOf(bytes)].map(({ number, value }) => [number, value])).toEqual([[1, -1n], [2, 2n ** 39n]]);
});
