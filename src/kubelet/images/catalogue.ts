/** The images that this cluster's registries have, as data: the common ones of courses, documentation and everyday use. */
import type { ImageEntry, Program } from './image.ts';
import { NGINX_PAGE, NGINX_PATCHES } from './nginx.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ALPINE = ['alpine', 'alpine3.18', 'alpine3.19', 'alpine3.20', 'alpine3.21', 'alpine3.22'];
const DEBIAN = ['bookworm', 'bullseye', 'buster', 'slim', 'slim-bookworm', 'slim-bullseye'];

const http = (paths: readonly string[], otherwise = 404) => ({ paths: paths.map((path) => ({ path, code: 200 })), otherwise });
const passThrough = (name: string): Program => ({ command: [name], wrapper: true });
const server = (command: readonly string[], ports: readonly number[], more: Partial<NonNullable<Program['server']>> & Pick<Program, 'output' | 'requiredEnv'> = {}): Program => {
  const { output, requiredEnv, ...rest } = more;
  return { command, ...(output ? { output } : {}), ...(requiredEnv ? { requiredEnv } : {}), server: { ports, startupMs: 100, ...rest }, onStop: 0 };
};

const NGINX_LOG = [
  '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
  '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
  '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
  '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
  '/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh',
  '/docker-entrypoint.sh: Configuration complete; ready for start up',
];

const NGINX_PROGRAMS: readonly Program[] = [
  { command: ['nginx', '-v'], errorOutput: ['nginx version: nginx/${NGINX_VERSION}'], exit: { code: 0, afterMs: 1 } },
  { command: ['nginx', '-t'], errorOutput: ['nginx: the configuration file /etc/nginx/nginx.conf syntax is ok', 'nginx: configuration file /etc/nginx/nginx.conf test is successful'], exit: { code: 0, afterMs: 1 } },
  { command: ['nginx', '-s', 'reload'], errorOutput: ['${NOW_SLASHED} [notice] 1#1: signal process started'], exit: { code: 0, afterMs: 1 } },
  { command: ['docker-entrypoint.sh'], wrapper: true, output: NGINX_LOG },
  {
    ...server(['nginx'], [80], { http: { ...http(['/', '/index.html', '/50x.html']), documentRoot: '/usr/share/nginx/html' }, startupMs: 50 }),
    errorOutput: [
      '${NOW_SLASHED} [notice] 1#1: using the "epoll" event method',
      '${NOW_SLASHED} [notice] 1#1: nginx/${NGINX_VERSION}',
      '${NOW_SLASHED} [notice] 1#1: OS: Linux 6.8.0-60-generic',
      '${NOW_SLASHED} [notice] 1#1: getrlimit(RLIMIT_NOFILE): 1048576:1048576',
      '${NOW_SLASHED} [notice] 1#1: start worker processes',
      '${NOW_SLASHED} [notice] 1#1: start worker process 29',
      '${NOW_SLASHED} [notice] 1#1: start worker process 30',
    ],
  },
];

const MYSQL_MISSING = (product: string, prefix: string): Program['requiredEnv'] => ({
  anyOf: [`${prefix}_ROOT_PASSWORD`, `${prefix}_ROOT_PASSWORD_FILE`, `${prefix}_ALLOW_EMPTY_PASSWORD`, `${prefix}_RANDOM_ROOT_PASSWORD`, 'MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
  output: [
    `\${NOW_SPACED}+00:00 [Note] [Entrypoint]: Entrypoint script for ${product} Server started.`,
    '${NOW_SPACED}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
    '    You need to specify one of the following as an environment variable:',
    `    - ${prefix}_ROOT_PASSWORD`, `    - ${prefix}_ALLOW_EMPTY_PASSWORD`, `    - ${prefix}_RANDOM_ROOT_PASSWORD`,
  ],
  code: 1,
});

const HELLO_WORLD = [
  '', 'Hello from Docker!', 'This message shows that your installation appears to be working correctly.', '',
  'To generate this message, Docker took the following steps:',
  ' 1. The Docker client contacted the Docker daemon.',
  ' 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.', '    (amd64)',
  ' 3. The Docker daemon created a new container from that image which runs the', '    executable that produces the output you are currently reading.',
  ' 4. The Docker daemon streamed that output to the Docker client, which sent it', '    to your terminal.', '',
  'To try something more ambitious, you can run an Ubuntu container with:', ' $ docker run -it ubuntu bash', '',
  'Share images, automate workflows, and more with a free Docker ID:', ' https://hub.docker.com/', '',
  'For more examples and ideas, visit:', ' https://docs.docker.com/get-started/', '',
];

const AGNHOST: readonly Program[] = [
  server(['agnhost', 'netexec'], [8080, 8081], { portFlag: '--http-port', http: http(['/', '/healthz', '/hostname', '/hostName', '/echo', '/clientip', '/shell'], 404), output: ['Started HTTP server on port 8080', 'Started UDP server on port  8081'] }),
  { ...server(['agnhost', 'liveness'], [8080], { http: { paths: [{ path: '/healthz', code: 200, untilMs: 10_000, thenCode: 500 }, { path: '/started', code: 200 }], otherwise: 404 } }) },
  server(['agnhost', 'test-webserver'], [80], { portFlag: '--port', http: http(['/'], 404) }),
  server(['agnhost', 'serve-hostname'], [9376], { portFlag: '--port', http: http(['/'], 200), output: ['Serving on port 9376.'] }),
  server(['agnhost', 'porter'], [80], { http: http(['/']) }),
  server(['agnhost', 'grpc-health-checking'], [5000, 8080], { grpc: true, http: http(['/make-serving', '/make-not-serving']) }),
  server(['agnhost', 'guestbook'], [80], { portFlag: '--http-port', http: http(['/', '/get', '/set', '/env', '/register']) }),
  { command: ['agnhost', 'pause'], runsForever: true, onStop: 0, output: ['Paused'] },
  { command: ['agnhost', 'fail'], exit: { code: 1, afterMs: 1 } },
  { command: ['agnhost'], runsForever: true, onStop: 0, output: ['Paused'] },
];

export const CATALOGUE: readonly ImageEntry[] = [
  {
    repository: 'docker.io/library/nginx', sizeBytes: 72_080_558, tools: 'posix',
    tags: { names: ['latest', 'stable', 'mainline', 'alpine', 'perl', '1'], versions: [[1, 7, 29]], suffixes: ['perl', 'otel', 'alpine-slim', 'alpine-perl', 'bookworm', ...ALPINE], maxPatch: 15 },
    entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], env: { PATH, NGINX_VERSION: '1.27.5', PKG_RELEASE: '1~bookworm' }, programs: NGINX_PROGRAMS,
    version: { variable: 'NGINX_VERSION', patches: NGINX_PATCHES }, files: { '/usr/share/nginx/html/index.html': NGINX_PAGE },
  },
  {
    repository: 'docker.io/nginxinc/nginx-unprivileged', sizeBytes: 72_021_311, tools: 'posix', uid: 101, gid: 101,
    tags: { names: ['latest', 'stable', 'mainline', 'alpine'], versions: [[1, 15, 29]], suffixes: ALPINE, maxPatch: 15 },
    entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], env: { PATH, NGINX_VERSION: '1.27.5' },
    programs: [passThrough('docker-entrypoint.sh'), server(['nginx'], [8080], { http: { ...http(['/', '/index.html', '/50x.html']), documentRoot: '/usr/share/nginx/html' } })],
  },
  {
    repository: 'docker.io/library/httpd', sizeBytes: 58_850_463, tools: 'posix', tags: { names: ['latest', 'alpine', '2'], versions: [[2, 2, 4]], suffixes: ['bookworm', ...ALPINE], maxPatch: 70 },
    cmd: ['httpd-foreground'], env: { PATH: `/usr/local/apache2/bin:${PATH}`, HTTPD_VERSION: '2.4.63' }, workingDir: '/usr/local/apache2',
    programs: [{
      ...server(['httpd-foreground'], [80], { http: { ...http(['/', '/index.html']), documentRoot: '/usr/local/apache2/htdocs' } }),
      errorOutput: ["AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${POD_IP}. Set the 'ServerName' directive globally to suppress this message"],
    }],
  },
  {
    repository: 'docker.io/library/redis', sizeBytes: 45_006_722, tools: 'posix', tags: { names: ['latest', 'alpine', 'bookworm', '5', '6', '7', '8'], versions: [[3, 0, 2], [4, 0, 0], [5, 0, 0], [6, 0, 2], [7, 0, 4], [8, 0, 2]], suffixes: ['bookworm', ...ALPINE], maxPatch: 20 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], env: { PATH, REDIS_VERSION: '8.0.2' }, workingDir: '/data',
    programs: [passThrough('docker-entrypoint.sh'), server(['redis-server'], [6379], {
      portFlag: '--port',
      output: ['1:C ${NOW_REDIS} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', '1:C ${NOW_REDIS} * Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=1, just started', '1:M ${NOW_REDIS} * monotonic clock: POSIX clock_gettime', '1:M ${NOW_REDIS} * Running mode=standalone, port=6379.', '1:M ${NOW_REDIS} * Server initialized', '1:M ${NOW_REDIS} * Ready to accept connections tcp'],
    }), { command: ['redis-cli'], output: ['PONG'], exit: { code: 0, afterMs: 5 } }],
  },
  {
    repository: 'docker.io/library/postgres', sizeBytes: 153_425_886, tools: 'posix', tags: { names: ['latest', 'alpine', '9', '10', '11', '12', '13', '14', '15', '16', '17'], versions: [[9, 5, 6], [10, 0, 23], [11, 0, 22], [12, 0, 22], [13, 0, 21], [14, 0, 18], [15, 0, 13], [16, 0, 9], [17, 0, 5]], suffixes: ['bookworm', 'bullseye', ...ALPINE] },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['postgres'], env: { PATH, PGDATA: '/var/lib/postgresql/data', PG_VERSION: '17.5' },
    programs: [passThrough('docker-entrypoint.sh'), server(['postgres'], [5432], {
      startupMs: 2500,
      requiredEnv: {
        anyOf: ['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD'], code: 1,
        output: ['Error: Database is uninitialized and superuser password is not specified.', '       You must specify POSTGRES_PASSWORD to a non-empty value for the', '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".', '', '       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all', '       connections without a password. This is *not* recommended.', '', '       See PostgreSQL documentation about "trust":', '       https://www.postgresql.org/docs/current/auth-trust.html'],
      },
      output: ['PostgreSQL init process complete; ready for start up.', '', '${NOW_SPACED} UTC [1] LOG:  starting PostgreSQL ${PG_VERSION} on x86_64-pc-linux-gnu, 64-bit', '${NOW_SPACED} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432', '${NOW_SPACED} UTC [1] LOG:  listening on IPv6 address "::", port 5432', '${NOW_SPACED} UTC [1] LOG:  database system is ready to accept connections'],
    }), { command: ['pg_isready'], output: ['/var/run/postgresql:5432 - accepting connections'], exit: { code: 0, afterMs: 5 } }],
  },
  {
    repository: 'docker.io/library/mysql', sizeBytes: 231_883_044, tools: 'posix', tags: { names: ['latest', 'lts', 'innovation', '5', '8', '9'], versions: [[5, 5, 7], [8, 0, 4], [9, 0, 3]], suffixes: ['debian', 'oracle', 'oraclelinux9'], maxPatch: 45 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['mysqld'], env: { PATH, MYSQL_VERSION: '9.3.0-1.el9' },
    programs: [passThrough('docker-entrypoint.sh'), server(['mysqld'], [3306, 33060], { startupMs: 8000, requiredEnv: MYSQL_MISSING('MySQL', 'MYSQL'), output: ['${NOW_SPACED}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server started.', '${NOW_SPACED}+00:00 [Note] [Entrypoint]: MySQL init process done. Ready for start up.'] }),
      { command: ['mysqladmin', 'ping'], output: ['mysqld is alive'], exit: { code: 0, afterMs: 5 } }, { command: ['mysql'], exit: { code: 0, afterMs: 10 } }],
  },
  {
    repository: 'docker.io/library/mariadb', sizeBytes: 121_402_177, tools: 'posix', tags: { names: ['latest', 'lts', '10', '11', '12'], versions: [[10, 1, 11], [11, 0, 8]], suffixes: ['noble', 'jammy', 'focal'], maxPatch: 40 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['mariadbd'], env: { PATH },
    programs: [passThrough('docker-entrypoint.sh'), server(['mariadbd'], [3306], { startupMs: 5000, requiredEnv: MYSQL_MISSING('MariaDB', 'MARIADB') })],
  },
  {
    repository: 'docker.io/library/mongo', sizeBytes: 300_215_870, tools: 'posix', tags: { names: ['latest', '4', '5', '6', '7', '8'], versions: [[3, 2, 6], [4, 0, 4], [5, 0, 0], [6, 0, 0], [7, 0, 0], [8, 0, 0]], suffixes: ['jammy', 'noble', 'focal', 'bionic'], maxPatch: 40 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['mongod'], env: { PATH, MONGO_VERSION: '8.0.9' },
    programs: [passThrough('docker-entrypoint.sh'), server(['mongod'], [27017], { startupMs: 1500 }), { command: ['mongosh'], exit: { code: 0, afterMs: 400 } }],
  },
  {
    repository: 'docker.io/library/memcached', sizeBytes: 31_800_312, tools: 'posix', uid: 11211, gid: 11211, tags: { names: ['latest', 'alpine', '1'], versions: [[1, 4, 6]], suffixes: ['bookworm', ...ALPINE], maxPatch: 40 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['memcached'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['memcached'], [11211])],
  },
  {
    repository: 'docker.io/library/rabbitmq', sizeBytes: 106_710_552, tools: 'posix', tags: { names: ['latest', 'management', 'alpine', '3', '4'], versions: [[3, 6, 13], [4, 0, 1]], suffixes: ['management', 'management-alpine', ...ALPINE], maxPatch: 30 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['rabbitmq-server'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['rabbitmq-server'], [5672, 15672, 25672], { startupMs: 6000, http: http(['/']) })],
  },
  {
    repository: 'docker.io/library/wordpress', sizeBytes: 250_342_870, tools: 'posix', tags: { names: ['latest', 'apache', 'fpm', 'php8.2', 'php8.3', 'php8.2-apache', 'php8.3-apache', '4', '5', '6'], versions: [[4, 0, 9], [5, 0, 9], [6, 0, 8]], suffixes: ['apache', 'fpm', 'php8.2-apache', 'php8.3-apache', 'fpm-alpine'], maxPatch: 12 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['apache2-foreground'], env: { PATH }, workingDir: '/var/www/html', programs: [passThrough('docker-entrypoint.sh'), server(['apache2-foreground'], [80], { http: http(['/', '/wp-admin/install.php', '/wp-login.php']) })],
  },
  {
    repository: 'docker.io/library/traefik', sizeBytes: 61_003_551, tools: 'busybox', tags: { names: ['latest', 'v2', 'v3'], versions: [[1, 7, 7], [2, 0, 11], [3, 0, 4]], maxPatch: 40, v: true },
    entrypoint: ['/entrypoint.sh'], cmd: ['traefik'], env: { PATH }, programs: [passThrough('entrypoint.sh'), server(['traefik'], [80, 8080], { http: http(['/ping', '/dashboard/', '/api/rawdata']) })],
  },
  {
    repository: 'docker.io/library/haproxy', sizeBytes: 41_203_900, tools: 'posix', tags: { names: ['latest', 'lts', 'alpine', '2', '3'], versions: [[2, 0, 9], [3, 0, 2]], suffixes: ['bookworm', ...ALPINE], maxPatch: 40 },
    entrypoint: ['docker-entrypoint.sh'], cmd: ['haproxy'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['haproxy'], [80])],
  },
  {
    repository: 'docker.io/library/tomcat', sizeBytes: 210_880_200, tools: 'posix', tags: { names: ['latest', '8', '9', '10', '11'], versions: [[8, 5, 5], [9, 0, 0], [10, 0, 1], [11, 0, 0]], suffixes: ['jdk17', 'jdk21', 'jre17', 'jdk11'], maxPatch: 120 },
    cmd: ['catalina.sh', 'run'], env: { PATH }, programs: [server(['catalina.sh'], [8080], { startupMs: 3000, http: http([], 404) })],
  },
  {
    repository: 'docker.io/library/registry', sizeBytes: 10_012_455, tools: 'busybox', tags: { names: ['latest', '2', '3'], versions: [[2, 0, 8], [3, 0, 0]], maxPatch: 4 },
    entrypoint: ['/entrypoint.sh'], cmd: ['registry'], env: { PATH }, programs: [passThrough('entrypoint.sh'), server(['registry'], [5000], { http: http(['/', '/v2/']) })],
  },
  {
    repository: 'docker.io/library/busybox', sizeBytes: 2_156_518, tools: 'busybox', tags: { names: ['latest', 'stable', 'glibc', 'musl', 'uclibc', 'unstable', '1'], versions: [[1, 21, 37]], suffixes: ['glibc', 'musl', 'uclibc'], maxPatch: 4 },
    cmd: ['sh'], env: { PATH }, groups: [0, 10],
  },
  { repository: 'gcr.io/google-containers/busybox', sizeBytes: 1_107_200, tools: 'busybox', tags: { names: ['latest'], versions: [[1, 24, 27]] }, cmd: ['sh'], env: { PATH }, groups: [0, 10] },
  { repository: 'registry.k8s.io/busybox', sizeBytes: 1_107_200, tools: 'busybox', tags: { names: ['latest'], versions: [[1, 24, 27]] }, cmd: ['sh'], env: { PATH }, groups: [0, 10] },
  { repository: 'registry.k8s.io/e2e-test-images/busybox', sizeBytes: 1_154_361, tools: 'busybox', tags: { versions: [[1, 29, 36]], maxPatch: 4, names: ['1.29-1', '1.29-2', '1.29-4', '1.36.1-1'] }, cmd: ['sh'], env: { PATH }, groups: [0, 10] },
  { repository: 'docker.io/library/alpine', sizeBytes: 3_626_897, tools: 'busybox', tags: { names: ['latest', 'edge', '3'], versions: [[3, 3, 22]], maxPatch: 12 }, cmd: ['/bin/sh'], env: { PATH }, groups: [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27] },
  { repository: 'docker.io/library/ubuntu', sizeBytes: 29_717_217, tools: 'posix', tags: { names: ['latest', 'rolling', 'devel', 'trusty', 'xenial', 'bionic', 'focal', 'jammy', 'noble', 'oracular', 'plucky', '14.04', '16.04', '18.04', '20.04', '22.04', '24.04', '24.10', '25.04'] }, cmd: ['/bin/bash'], env: { PATH } },
  { repository: 'docker.io/library/debian', sizeBytes: 48_494_272, tools: 'posix', tags: { names: ['latest', 'stable', 'stable-slim', 'testing', 'unstable', 'sid', 'buster', 'bullseye', 'bookworm', 'trixie', '10', '11', '12', '13'], suffixes: ['slim'], versions: [[10, 0, 13], [11, 0, 11], [12, 0, 11]] }, cmd: ['bash'], env: { PATH } },
  { repository: 'docker.io/library/fedora', sizeBytes: 60_400_110, tools: 'posix', tags: { names: ['latest', 'rawhide', '38', '39', '40', '41', '42'] }, cmd: ['/bin/bash'], env: { PATH } },
  { repository: 'docker.io/library/centos', sizeBytes: 83_518_086, tools: 'posix', tags: { names: ['latest', '6', '7', '8', 'centos7', 'centos8'] }, cmd: ['/bin/bash'], env: { PATH } },
  { repository: 'docker.io/library/rockylinux', sizeBytes: 70_110_300, tools: 'posix', tags: { names: ['8', '9', '8-minimal', '9-minimal'], versions: [[8, 4, 9], [9, 0, 5]] }, cmd: ['/bin/bash'], env: { PATH } },
  { repository: 'docker.io/library/bash', sizeBytes: 6_510_242, tools: 'busybox', tags: { names: ['latest', 'devel', '4', '5'], versions: [[3, 0, 2], [4, 0, 4], [5, 0, 2]], suffixes: ALPINE, maxPatch: 40 }, entrypoint: ['docker-entrypoint.sh'], cmd: ['bash'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh')] },
  { repository: 'docker.io/library/python', sizeBytes: 386_712_200, tools: 'posix', tags: { names: ['latest', 'slim', 'alpine', 'bookworm', '2', '3'], versions: [[2, 7, 7], [3, 6, 13]], suffixes: [...DEBIAN, ...ALPINE], maxPatch: 20 }, cmd: ['python3'], env: { PATH, PYTHON_VERSION: '3.13.3' }, programs: [server(['python', '-m', 'http.server'], [8000], { portArgument: true, http: http(['/'], 404) }), server(['python3', '-m', 'http.server'], [8000], { portArgument: true, http: http(['/'], 404) })] },
  { repository: 'docker.io/library/node', sizeBytes: 403_120_400, tools: 'posix', tags: { names: ['latest', 'lts', 'current', 'slim', 'alpine', '10', '12', '14', '16', '18', '20', '22', '23', '24'], versions: [[10, 0, 24], [12, 0, 22], [14, 0, 21], [16, 0, 20], [18, 0, 20], [20, 0, 19], [22, 0, 16], [24, 0, 2]], suffixes: [...DEBIAN, ...ALPINE], maxPatch: 9 }, entrypoint: ['docker-entrypoint.sh'], cmd: ['node'], env: { PATH, NODE_VERSION: '24.1.0' }, programs: [passThrough('docker-entrypoint.sh'), { command: ['node', '--version'], output: ['v24.1.0'], exit: { code: 0, afterMs: 40 } }] },
  { repository: 'docker.io/library/golang', sizeBytes: 310_510_300, tools: 'posix', tags: { names: ['latest', 'alpine', 'bookworm', '1'], versions: [[1, 10, 24]], suffixes: [...DEBIAN, ...ALPINE], maxPatch: 20 }, cmd: ['bash'], workingDir: '/go', env: { PATH: `/go/bin:/usr/local/go/bin:${PATH}`, GOPATH: '/go' } },
  { repository: 'docker.io/library/openjdk', sizeBytes: 240_331_600, tools: 'posix', tags: { names: ['latest', '8', '11', '17', '21', '8-jre', '11-jre', '8-jdk-alpine'], suffixes: ['jdk', 'slim', 'jdk-slim', 'jre-slim'] }, cmd: ['bash'], env: { PATH } },
  { repository: 'docker.io/library/php', sizeBytes: 178_420_700, tools: 'posix', tags: { names: ['latest', 'apache', 'fpm', 'cli', '5', '7', '8'], versions: [[5, 3, 6], [7, 0, 4], [8, 0, 4]], suffixes: ['apache', 'fpm', 'cli', 'fpm-alpine', 'cli-alpine', ...ALPINE], maxPatch: 40 }, entrypoint: ['docker-php-entrypoint'], cmd: ['apache2-foreground'], env: { PATH }, programs: [passThrough('docker-php-entrypoint'), server(['apache2-foreground'], [80], { http: http(['/']) }), server(['php-fpm'], [9000])] },
  {
    repository: 'docker.io/library/perl', sizeBytes: 366_210_400, tools: 'posix', tags: { names: ['latest', 'slim', 'devel', '5'], versions: [[5, 18, 40]], suffixes: ['slim', 'bookworm', 'slim-bookworm', 'threaded', 'buster'], maxPatch: 4 }, cmd: ['perl5.40.2', '-de0'], env: { PATH },
    programs: [{ command: ['perl5.40.2'], exit: { code: 0, afterMs: 50 } }],
  },
  { repository: 'docker.io/library/ruby', sizeBytes: 380_110_000, tools: 'posix', tags: { names: ['latest', 'slim', 'alpine', '2', '3'], versions: [[2, 5, 7], [3, 0, 4]], suffixes: [...DEBIAN, ...ALPINE], maxPatch: 10 }, cmd: ['irb'], env: { PATH }, programs: [{ command: ['irb'], exit: { code: 0, afterMs: 200 } }] },
  { repository: 'docker.io/library/hello-world', sizeBytes: 2_379, tools: 'none', tags: { names: ['latest', 'linux', 'nanoserver'] }, cmd: ['/hello'], env: { PATH }, programs: [{ command: ['hello'], output: HELLO_WORLD, exit: { code: 0, afterMs: 5 } }] },
  { repository: 'docker.io/curlimages/curl', sizeBytes: 8_702_113, tools: 'busybox', uid: 100, gid: 101, userName: 'curl_user', tags: { names: ['latest'], versions: [[7, 60, 88], [8, 0, 14]], maxPatch: 2 }, entrypoint: ['/entrypoint.sh'], cmd: ['curl'], env: { PATH }, programs: [passThrough('entrypoint.sh')] },
  { repository: 'docker.io/nicolaka/netshoot', sizeBytes: 180_550_100, tools: 'busybox', tags: { names: ['latest'], versions: [[0, 1, 14]], v: true }, cmd: ['zsh'], env: { PATH } },
  { repository: 'docker.io/polinux/stress', sizeBytes: 4_041_495, tools: 'busybox', tags: { names: ['latest', '1.0.4'] }, cmd: ['stress'], env: { PATH } },
  { repository: 'docker.io/vish/stress', sizeBytes: 1_360_000, tools: 'none', tags: { names: ['latest'] }, entrypoint: ['/stress', '-logtostderr'], env: { PATH }, programs: [{ command: ['stress'], runsForever: true }] },
  { repository: 'docker.io/hashicorp/http-echo', sizeBytes: 3_058_810, tools: 'none', uid: 65532, gid: 65532, tags: { names: ['latest', 'alpine', '1.0'], versions: [[0, 2, 2], [1, 0, 0]], maxPatch: 3 }, entrypoint: ['/http-echo'], env: { PATH }, programs: [server(['http-echo'], [5678], { portFlag: '-listen', http: http([], 200), output: ['${NOW_LINE} [INFO] server is listening on :5678'] })] },
  { repository: 'docker.io/traefik/whoami', sizeBytes: 2_920_100, tools: 'none', tags: { names: ['latest'], versions: [[1, 6, 11]], v: true, maxPatch: 2 }, entrypoint: ['/whoami'], env: { PATH }, programs: [server(['whoami'], [80], { portFlag: '--port', http: http([], 200), output: ['${NOW_LINE} Starting up on port 80'] })] },
  { repository: 'docker.io/containous/whoami', sizeBytes: 2_530_100, tools: 'none', tags: { names: ['latest', 'v1.5.0'] }, entrypoint: ['/whoami'], env: { PATH }, programs: [server(['whoami'], [80], { http: http([], 200) })] },
  { repository: 'docker.io/kennethreitz/httpbin', sizeBytes: 170_210_000, tools: 'posix', tags: { names: ['latest'] }, cmd: ['gunicorn', '-b', '0.0.0.0:80', 'httpbin:app'], env: { PATH }, programs: [server(['gunicorn'], [80], { http: http(['/', '/get', '/ip', '/headers', '/status/200', '/uuid']) })] },
  { repository: 'docker.io/stefanprodan/podinfo', sizeBytes: 40_320_100, tools: 'busybox', uid: 100, gid: 101, userName: 'app', tags: { names: ['latest'], versions: [[4, 0, 0], [5, 0, 2], [6, 0, 8]], maxPatch: 9 }, cmd: ['./podinfo'], env: { PATH }, programs: [server(['podinfo'], [9898, 9999], { portFlag: '--port', grpc: true, http: http(['/', '/healthz', '/readyz', '/metrics', '/version', '/env']) })] },
  { repository: 'docker.io/bitnami/kubectl', sizeBytes: 83_110_200, tools: 'posix', uid: 1001, tags: { names: ['latest'], versions: [[1, 20, 33]], maxPatch: 15 }, entrypoint: ['kubectl'], cmd: ['--help'], env: { PATH }, programs: [{ command: ['kubectl'], exit: { code: 0, afterMs: 100 } }] },
  { repository: 'docker.io/prom/prometheus', sizeBytes: 106_220_400, tools: 'busybox', uid: 65534, gid: 65534, userName: 'nobody', tags: { names: ['latest', 'main'], versions: [[2, 0, 55], [3, 0, 4]], v: true, maxPatch: 5 }, entrypoint: ['/bin/prometheus'], cmd: ['--config.file=/etc/prometheus/prometheus.yml'], env: { PATH }, programs: [server(['prometheus'], [9090], { startupMs: 800, http: http(['/', '/-/healthy', '/-/ready', '/metrics', '/graph', '/query']) })] },
  { repository: 'docker.io/grafana/grafana', sizeBytes: 180_330_600, tools: 'busybox', uid: 472, gid: 0, tags: { names: ['latest', 'main'], versions: [[7, 0, 5], [8, 0, 5], [9, 0, 5], [10, 0, 4], [11, 0, 6], [12, 0, 0]], maxPatch: 20 }, entrypoint: ['/run.sh'], env: { PATH }, programs: [server(['run.sh'], [3000], { startupMs: 3000, http: http(['/', '/login', '/api/health']) })] },
  { repository: 'docker.io/fluent/fluentd', sizeBytes: 62_110_400, tools: 'busybox', tags: { names: ['latest', 'edge', 'v1.16-1', 'v1.14-1'], versions: [[1, 10, 18]], v: true }, entrypoint: ['tini', '--', '/bin/entrypoint.sh'], cmd: ['fluentd'], env: { PATH }, programs: [server(['tini'], [24224])] },
  { repository: 'quay.io/fluentd_elasticsearch/fluentd', sizeBytes: 119_512_000, tools: 'posix', tags: { names: ['latest'], versions: [[2, 5, 6], [3, 0, 4], [4, 0, 7], [5, 0, 0]], v: true }, entrypoint: ['/entrypoint.sh'], env: { PATH }, programs: [server(['entrypoint.sh'], [24231])] },
  { repository: 'docker.elastic.co/elasticsearch/elasticsearch', sizeBytes: 640_210_800, tools: 'posix', uid: 1000, gid: 1000, userName: 'elasticsearch', tags: { versions: [[6, 0, 8], [7, 0, 17], [8, 0, 18], [9, 0, 1]], maxPatch: 30 }, entrypoint: ['/bin/tini', '--', '/usr/local/bin/docker-entrypoint.sh'], cmd: ['eswrapper'], env: { PATH }, programs: [server(['tini'], [9200, 9300], { startupMs: 15_000, http: http(['/', '/_cluster/health']) })] },
  { repository: 'docker.io/library/vault', sizeBytes: 80_220_300, tools: 'busybox', tags: { names: ['latest'], versions: [[1, 5, 13]], maxPatch: 12 }, entrypoint: ['docker-entrypoint.sh'], cmd: ['server', '-dev'], env: { PATH }, programs: [server(['docker-entrypoint.sh'], [8200], { http: http(['/v1/sys/health', '/ui/']) })] },
  { repository: 'docker.io/library/consul', sizeBytes: 51_220_300, tools: 'busybox', tags: { names: ['latest'], versions: [[1, 4, 15]], maxPatch: 12 }, entrypoint: ['docker-entrypoint.sh'], cmd: ['agent', '-dev'], env: { PATH }, programs: [server(['docker-entrypoint.sh'], [8500, 8600], { http: http(['/ui/', '/v1/status/leader']) })] },
  { repository: 'docker.io/library/zookeeper', sizeBytes: 155_110_300, tools: 'posix', tags: { names: ['latest', '3'], versions: [[3, 4, 9]], maxPatch: 14 }, entrypoint: ['/docker-entrypoint.sh'], cmd: ['zkServer.sh', 'start-foreground'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['zkServer.sh'], [2181, 2888, 3888, 8080])] },
  { repository: 'docker.io/library/cassandra', sizeBytes: 140_730_500, tools: 'posix', tags: { names: ['latest', '3', '4', '5'], versions: [[3, 0, 11], [4, 0, 1], [5, 0, 0]], maxPatch: 30 }, entrypoint: ['docker-entrypoint.sh'], cmd: ['cassandra', '-f'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['cassandra'], [9042, 7000, 7199], { startupMs: 20_000 })] },
  { repository: 'docker.io/library/adminer', sizeBytes: 41_110_300, tools: 'busybox', tags: { names: ['latest', 'standalone', '4', '5'], versions: [[4, 2, 17], [5, 0, 3]] }, entrypoint: ['entrypoint.sh', 'docker-php-entrypoint'], cmd: ['php', '-S', '[::]:8080', '-t', '/var/www/html'], env: { PATH }, programs: [passThrough('entrypoint.sh'), passThrough('docker-php-entrypoint'), server(['php'], [8080], { http: http(['/']) })] },
  { repository: 'docker.io/library/phpmyadmin', sizeBytes: 200_110_300, tools: 'posix', tags: { names: ['latest', 'apache', 'fpm', '5'], versions: [[5, 0, 2]] }, entrypoint: ['/docker-entrypoint.sh'], cmd: ['apache2-foreground'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['apache2-foreground'], [80], { http: http(['/']) })] },
  { repository: 'docker.io/library/mongo-express', sizeBytes: 57_110_300, tools: 'busybox', tags: { names: ['latest', '0.54', '1'], versions: [[0, 49, 54], [1, 0, 0]] }, entrypoint: ['/sbin/tini', '--', '/docker-entrypoint.sh'], cmd: ['mongo-express'], env: { PATH }, programs: [server(['tini'], [8081], { http: http(['/']) })] },
  { repository: 'registry.k8s.io/kubernetes-zookeeper', sizeBytes: 129_300_000, tools: 'posix', tags: { names: ['1.0-3.4.10'] }, cmd: ['sh', '-c', 'start-zookeeper'], env: { PATH }, programs: [server(['start-zookeeper'], [2181, 2888, 3888]), { command: ['zookeeper-ready'], exit: { code: 0, afterMs: 20 } }] },
  { repository: 'gcr.io/google-samples/xtrabackup', sizeBytes: 122_300_000, tools: 'posix', tags: { names: ['1.0'] }, cmd: ['bash'], env: { PATH } },
  { repository: 'gcr.io/google-samples/cassandra', sizeBytes: 143_300_000, tools: 'posix', tags: { names: ['v13', 'v14'] }, cmd: ['/run.sh'], env: { PATH }, programs: [server(['run.sh'], [9042, 7000, 7001, 7199], { startupMs: 20_000 }), { command: ['ready-probe.sh'], exit: { code: 0, afterMs: 20 } }] },
  { repository: 'gcr.io/google-samples/node-hello', sizeBytes: 230_100_000, tools: 'posix', tags: { names: ['1.0'] }, cmd: ['/bin/sh', '-c', 'node server.js'], env: { PATH }, programs: [server(['node', 'server.js'], [8080], { http: http([], 200) })] },
  { repository: 'gcr.io/google-samples/gb-redisslave', sizeBytes: 45_100_000, tools: 'posix', tags: { names: ['v1', 'v2', 'v3'] }, cmd: ['/bin/sh', '-c', '/run.sh'], env: { PATH }, programs: [server(['run.sh'], [6379])] },
  { repository: 'gcr.io/google_samples/gb-redis-follower', sizeBytes: 45_100_000, tools: 'posix', tags: { names: ['v1', 'v2'] }, cmd: ['/bin/sh', '-c', '/run.sh'], env: { PATH }, programs: [server(['run.sh'], [6379])] },
  { repository: 'docker.io/library/eclipse-mosquitto', sizeBytes: 5_100_000, tools: 'busybox', tags: { names: ['latest', '1.6', '2', '2.0'], versions: [[1, 4, 6], [2, 0, 0]], maxPatch: 22 }, entrypoint: ['/docker-entrypoint.sh'], cmd: ['/usr/sbin/mosquitto', '-c', '/mosquitto/config/mosquitto.conf'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['mosquitto'], [1883])] },
  { repository: 'docker.io/library/nats', sizeBytes: 6_200_000, tools: 'none', tags: { names: ['latest', 'alpine', '2'], versions: [[2, 0, 11]], suffixes: ['alpine', 'scratch'], maxPatch: 30 }, entrypoint: ['/nats-server'], cmd: ['--config', 'nats-server.conf'], env: { PATH }, programs: [server(['nats-server'], [4222, 6222, 8222], { http: http(['/', '/healthz', '/varz']) })] },
  { repository: 'docker.io/library/caddy', sizeBytes: 20_400_000, tools: 'busybox', tags: { names: ['latest', 'alpine', '2'], versions: [[2, 0, 10]], suffixes: ['alpine'] }, cmd: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'], env: { PATH }, programs: [server(['caddy'], [80, 443, 2019], { http: { ...http(['/']), documentRoot: '/usr/share/caddy' } })] },
  { repository: 'docker.io/library/jenkins', sizeBytes: 308_400_000, tools: 'posix', uid: 1000, gid: 1000, userName: 'jenkins', tags: { names: ['latest', '2.60.3'] }, entrypoint: ['/bin/tini', '--', '/usr/local/bin/jenkins.sh'], env: { PATH }, programs: [server(['tini'], [8080, 50000], { startupMs: 20_000, http: http(['/login']) })] },
  { repository: 'docker.io/jenkins/jenkins', sizeBytes: 278_400_000, tools: 'posix', uid: 1000, gid: 1000, userName: 'jenkins', tags: { names: ['latest', 'lts', 'alpine', 'lts-jdk17', 'lts-jdk21', 'lts-alpine'], versions: [[2, 300, 516]] }, entrypoint: ['/usr/bin/tini', '--', '/usr/local/bin/jenkins.sh'], env: { PATH }, programs: [server(['tini'], [8080, 50000], { startupMs: 20_000, http: http(['/login']) })] },
  { repository: 'docker.io/dockersamples/examplevotingapp_vote', sizeBytes: 58_400_000, tools: 'posix', tags: { names: ['latest', 'before', 'after'] }, cmd: ['gunicorn', 'app:app', '-b', '0.0.0.0:80'], env: { PATH }, programs: [server(['gunicorn'], [80], { http: http(['/']) })] },
  { repository: 'docker.io/dockersamples/examplevotingapp_result', sizeBytes: 75_400_000, tools: 'posix', tags: { names: ['latest', 'before', 'after'] }, cmd: ['node', 'server.js'], env: { PATH }, programs: [server(['node'], [80], { http: http(['/']) })] },
  { repository: 'docker.io/dockersamples/examplevotingapp_worker', sizeBytes: 78_400_000, tools: 'posix', tags: { names: ['latest'] }, cmd: ['dotnet', 'Worker.dll'], env: { PATH }, programs: [{ command: ['dotnet'], runsForever: true, onStop: 143 }] },
  { repository: 'docker.io/kodekloud/webapp-color', sizeBytes: 31_100_000, tools: 'busybox', tags: { names: ['latest', 'v1', 'v2', 'v3'] }, entrypoint: ['python', 'app.py'], env: { PATH }, programs: [server(['python', 'app.py'], [8080], { http: http(['/']) })] },
  { repository: 'docker.io/kodekloud/throw-dice', sizeBytes: 2_100_000, tools: 'busybox', tags: { names: ['latest'] }, entrypoint: ['sh', '-c', 'n=$((RANDOM % 6 + 1)); echo $n; [ $n -eq 6 ]'], env: { PATH } },
  { repository: 'docker.io/bitnami/nginx', sizeBytes: 45_300_000, tools: 'posix', uid: 1001, tags: { names: ['latest'], versions: [[1, 18, 29]], suffixes: ['debian-12'] }, entrypoint: ['/opt/bitnami/scripts/nginx/entrypoint.sh'], cmd: ['/opt/bitnami/scripts/nginx/run.sh'], env: { PATH }, programs: [passThrough('entrypoint.sh'), server(['run.sh'], [8080, 8443], { http: http(['/', '/index.html']) })] },
  { repository: 'docker.io/bitnami/redis', sizeBytes: 39_300_000, tools: 'posix', uid: 1001, tags: { names: ['latest'], versions: [[6, 0, 2], [7, 0, 4], [8, 0, 0]], suffixes: ['debian-12'], maxPatch: 20 }, entrypoint: ['/opt/bitnami/scripts/redis/entrypoint.sh'], cmd: ['/opt/bitnami/scripts/redis/run.sh'], env: { PATH }, programs: [passThrough('entrypoint.sh'), { ...server(['run.sh'], [6379], { requiredEnv: { anyOf: ['ALLOW_EMPTY_PASSWORD', 'REDIS_PASSWORD'], output: ['redis ERROR ==> The REDIS_PASSWORD environment variable is empty or not set. Set the environment variable ALLOW_EMPTY_PASSWORD=yes to allow the container to be started with blank passwords. This is recommended only for development.'], code: 1 } }) }] },
  { repository: 'docker.io/paulbouwer/hello-kubernetes', sizeBytes: 45_100_000, tools: 'posix', tags: { names: ['1', '1.10'], versions: [[1, 1, 10]] }, cmd: ['npm', 'start'], env: { PATH }, programs: [server(['npm', 'start'], [8080], { portEnv: 'PORT', http: http(['/']) })] },
  { repository: 'docker.io/nginxdemos/hello', sizeBytes: 19_800_000, tools: 'busybox', tags: { names: ['latest', 'plain-text', '0.3', '0.4'] }, entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], env: { PATH }, programs: [passThrough('docker-entrypoint.sh'), server(['nginx'], [80], { http: http([], 200) })] },
  { repository: 'docker.io/mendhak/http-https-echo', sizeBytes: 50_100_000, tools: 'busybox', uid: 1000, tags: { names: ['latest', '31', '33', '34', '35', '36', '37'] }, entrypoint: ['node', './index.js'], env: { PATH }, programs: [server(['node'], [8080, 8443], { portEnv: 'HTTP_PORT', http: http([], 200) })] },
  { repository: 'ghcr.io/stefanprodan/podinfo', sizeBytes: 40_320_100, tools: 'busybox', uid: 100, gid: 101, userName: 'app', tags: { names: ['latest'], versions: [[5, 0, 2], [6, 0, 8]] }, cmd: ['./podinfo'], env: { PATH }, programs: [server(['podinfo'], [9898, 9999], { portFlag: '--port', grpc: true, http: http(['/', '/healthz', '/readyz', '/metrics', '/version', '/env']) })] },
  { repository: 'quay.io/prometheus/node-exporter', sizeBytes: 11_900_000, tools: 'busybox', uid: 65534, userName: 'nobody', tags: { names: ['latest'], versions: [[1, 0, 9]], v: true }, entrypoint: ['/bin/node_exporter'], env: { PATH }, programs: [server(['node_exporter'], [9100], { http: http(['/', '/metrics']) })] },
  { repository: 'quay.io/prometheus/prometheus', sizeBytes: 106_220_400, tools: 'busybox', uid: 65534, userName: 'nobody', tags: { names: ['latest'], versions: [[2, 0, 55], [3, 0, 4]], v: true, maxPatch: 5 }, entrypoint: ['/bin/prometheus'], env: { PATH }, programs: [server(['prometheus'], [9090], { startupMs: 800, http: http(['/', '/-/healthy', '/-/ready', '/metrics']) })] },
  { repository: 'docker.io/fluent/fluent-bit', sizeBytes: 40_100_000, tools: 'none', tags: { names: ['latest'], versions: [[1, 3, 9], [2, 0, 2], [3, 0, 2], [4, 0, 0]], maxPatch: 14 }, entrypoint: ['/fluent-bit/bin/fluent-bit'], cmd: ['-c', '/fluent-bit/etc/fluent-bit.conf'], env: { PATH }, programs: [server(['fluent-bit'], [2020], { http: http(['/', '/api/v1/health', '/api/v1/metrics']) })] },
  { repository: 'docker.io/bitnami/mysql', sizeBytes: 155_300_000, tools: 'posix', uid: 1001, tags: { names: ['latest'], versions: [[5, 7, 7], [8, 0, 4], [9, 0, 3]], suffixes: ['debian-12'], maxPatch: 45 }, entrypoint: ['/opt/bitnami/scripts/mysql/entrypoint.sh'], cmd: ['/opt/bitnami/scripts/mysql/run.sh'], env: { PATH }, programs: [passThrough('entrypoint.sh'), server(['run.sh'], [3306], { startupMs: 8000 })] },
  // Kubernetes' own
  { repository: 'registry.k8s.io/pause', sizeBytes: 320_368, tools: 'none', uid: 65535, gid: 65535, tags: { names: ['latest'], versions: [[2, 0, 0], [3, 0, 10]], maxPatch: 1 }, entrypoint: ['/pause'], env: { PATH }, programs: [{ command: ['pause'], runsForever: true, onStop: 0 }] },
  { repository: 'k8s.gcr.io/pause', sizeBytes: 320_368, tools: 'none', uid: 65535, gid: 65535, tags: { names: ['latest'], versions: [[2, 0, 0], [3, 0, 9]], maxPatch: 1 }, entrypoint: ['/pause'], env: { PATH }, programs: [{ command: ['pause'], runsForever: true, onStop: 0 }] },
  { repository: 'registry.k8s.io/e2e-test-images/agnhost', sizeBytes: 53_621_675, tools: 'busybox', tags: { versions: [[2, 1, 57]], maxPatch: 1 }, entrypoint: ['/agnhost'], cmd: ['pause'], env: { PATH }, programs: AGNHOST },
  { repository: 'k8s.gcr.io/e2e-test-images/agnhost', sizeBytes: 53_621_675, tools: 'busybox', tags: { versions: [[2, 1, 39]], maxPatch: 1 }, entrypoint: ['/agnhost'], cmd: ['pause'], env: { PATH }, programs: AGNHOST },
  { repository: 'registry.k8s.io/e2e-test-images/nginx', sizeBytes: 53_000_210, tools: 'posix', tags: { names: ['1.14-1', '1.14-2', '1.14-4', '1.15-4'] }, cmd: ['nginx', '-g', 'daemon off;'], env: { PATH }, programs: NGINX_PROGRAMS },
  { repository: 'registry.k8s.io/e2e-test-images/jessie-dnsutils', sizeBytes: 112_030_000, tools: 'posix', tags: { versions: [[1, 3, 7]] }, cmd: ['sleep', '3600'], env: { PATH } },
  { repository: 'registry.k8s.io/liveness', sizeBytes: 1_900_210, tools: 'none', tags: { names: ['latest', '0.1'] }, entrypoint: ['/server'], env: { PATH }, programs: [server(['server'], [8080], { http: { paths: [{ path: '/healthz', code: 200, untilMs: 10_000, thenCode: 500 }], otherwise: 404 } })] },
  { repository: 'registry.k8s.io/goproxy', sizeBytes: 1_900_210, tools: 'none', tags: { names: ['0.1'] }, entrypoint: ['/goproxy'], env: { PATH }, programs: [server(['goproxy'], [8080], { http: http(['/']) })] },
  { repository: 'registry.k8s.io/hpa-example', sizeBytes: 180_003_600, tools: 'posix', tags: { names: ['latest'] }, cmd: ['apache2-foreground'], env: { PATH }, programs: [server(['apache2-foreground'], [80], { http: http(['/', '/index.php']) })] },
  { repository: 'registry.k8s.io/nginx-slim', sizeBytes: 7_160_420, tools: 'busybox', tags: { names: ['latest'], versions: [[0, 1, 29]] }, cmd: ['nginx', '-g', 'daemon off;'], env: { PATH, NGINX_VERSION: '1.27.5' }, programs: NGINX_PROGRAMS },
  { repository: 'k8s.gcr.io/nginx-slim', sizeBytes: 7_160_420, tools: 'busybox', tags: { names: ['latest'], versions: [[0, 1, 29]] }, cmd: ['nginx', '-g', 'daemon off;'], env: { PATH, NGINX_VERSION: '1.27.5' }, programs: NGINX_PROGRAMS },
  { repository: 'registry.k8s.io/echoserver', sizeBytes: 43_655_000, tools: 'posix', tags: { versions: [[1, 0, 10], [2, 0, 5]] }, cmd: ['/usr/local/bin/run.sh'], env: { PATH }, programs: [server(['run.sh'], [8080, 8443], { http: http([], 200) })] },
  { repository: 'registry.k8s.io/metrics-server/metrics-server', sizeBytes: 19_510_300, tools: 'none', uid: 65534, tags: { versions: [[0, 3, 7]], v: true }, entrypoint: ['/metrics-server'], env: { PATH }, programs: [server(['metrics-server'], [4443, 10250, 443], { http: http(['/livez', '/readyz']) })] },
  { repository: 'registry.k8s.io/ingress-nginx/controller', sizeBytes: 103_220_400, tools: 'busybox', uid: 101, tags: { versions: [[1, 0, 12]], v: true, maxPatch: 11 }, entrypoint: ['/usr/bin/dumb-init', '--'], cmd: ['/nginx-ingress-controller'], env: { PATH }, programs: [server(['dumb-init'], [80, 443, 8443, 10254], { http: http(['/healthz']) })] },
  { repository: 'registry.k8s.io/coredns/coredns', sizeBytes: 18_562_039, tools: 'none', tags: { versions: [[1, 6, 12]], v: true, maxPatch: 4 }, entrypoint: ['/coredns'], env: { PATH }, programs: [server(['coredns'], [53, 8080, 8181, 9153], { http: http(['/health', '/ready', '/metrics']) })] },
  { repository: 'gcr.io/google-samples/hello-app', sizeBytes: 12_811_300, tools: 'none', tags: { names: ['latest', '1.0', '2.0'] }, entrypoint: ['./hello-app'], env: { PATH }, programs: [server(['hello-app'], [8080], { portEnv: 'PORT', http: http([], 200), output: ['${NOW_LINE} Server listening on port 8080'] })] },
  { repository: 'us-docker.pkg.dev/google-samples/containers/gke/hello-app', sizeBytes: 12_811_300, tools: 'none', tags: { names: ['latest', '1.0', '2.0'] }, entrypoint: ['./hello-app'], env: { PATH }, programs: [server(['hello-app'], [8080], { portEnv: 'PORT', http: http([], 200), output: ['${NOW_LINE} Server listening on port 8080'] })] },
  { repository: 'gcr.io/google-samples/gb-frontend', sizeBytes: 125_004_300, tools: 'posix', tags: { names: ['v3', 'v4', 'v5', 'v6'] }, cmd: ['apache2-foreground'], env: { PATH }, programs: [server(['apache2-foreground'], [80], { http: http(['/', '/guestbook.php']) })] },
  { repository: 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend', sizeBytes: 125_004_300, tools: 'posix', tags: { names: ['v5'] }, cmd: ['apache2-foreground'], env: { PATH }, programs: [server(['apache2-foreground'], [80], { http: http(['/']) })] },
  { repository: 'gcr.io/google-samples/kubernetes-bootcamp', sizeBytes: 83_320_400, tools: 'posix', tags: { names: ['v1', 'v2'] }, cmd: ['/bin/sh', '-c', 'node server.js'], env: { PATH }, programs: [server(['node', 'server.js'], [8080], { http: http([], 200), output: ['Kubernetes Bootcamp App Started At: ${NOW} | Running On:  ${HOSTNAME} ', ''] })] },
  { repository: 'docker.io/jocatalin/kubernetes-bootcamp', sizeBytes: 83_320_400, tools: 'posix', tags: { names: ['latest', 'v1', 'v2'] }, cmd: ['/bin/sh', '-c', 'node server.js'], env: { PATH }, programs: [server(['node', 'server.js'], [8080], { http: http([], 200) })] },
];
