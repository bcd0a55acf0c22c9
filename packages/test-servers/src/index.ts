export { startServer } from './start-server.ts';
export type { Handler, RequestRecord, StartServerOptions, TestServer } from './start-server.ts';

export { startSampleOrigin } from './sample/start-sample-origin.ts';
export { spawnSampleOrigin } from './sample/spawn-sample-origin.ts';
export type { SampleOrigin, SampleOriginOptions } from './sample/sample-origin.ts';
export { SampleCatalogue } from './sample/sample-catalogue.ts';
export type { ExpectedFile, SampleOptions } from './sample/sample-catalogue.ts';
export type { SampleFile } from './sample/sample-file.ts';
export type { Behaviour, Hop } from './sample/behaviour.ts';

export { startHostileOrigin } from './hostile/start-hostile-origin.ts';
export type { HostileOrigin, HostileUrlOptions } from './hostile/start-hostile-origin.ts';
export { hostileCase, hostileCases } from './hostile/hostile-cases.ts';
export { goodBody } from './hostile/exchange.ts';
export type { HostileCase, HostileExpectation } from './hostile/hostile-case.ts';
export type { HostileRequest } from './hostile/exchange.ts';

export { frameKinds, startWebSocketServer } from './web-socket/start-web-socket-server.ts';
export type { WebSocketFrame, WebSocketPeer, WebSocketServer } from './web-socket/start-web-socket-server.ts';
export { startAiohttp } from './aiohttp/start-aiohttp.ts';
export type { AiohttpServer } from './aiohttp/start-aiohttp.ts';

export { startNginx } from './daemons/nginx.ts';
export type { NginxOptions } from './daemons/nginx.ts';
export { startApache } from './daemons/apache.ts';
export type { ApacheOptions } from './daemons/apache.ts';
export { startHaproxy } from './daemons/haproxy.ts';
export type { HaproxyOptions } from './daemons/haproxy.ts';
export { startSquid } from './daemons/squid.ts';
export type { SquidOptions } from './daemons/squid.ts';
export { startTinyproxy } from './daemons/tinyproxy.ts';
export type { TinyproxyOptions } from './daemons/tinyproxy.ts';
export { startCaddy } from './daemons/caddy.ts';
export type { CaddyOptions } from './daemons/caddy.ts';
export { findProgram } from './daemons/find-program.ts';
export type { Daemon, DaemonPlace } from './daemons/start-daemon.ts';
export {
  authority,
  clientCertificate,
  expiredCertificate,
  otherCertificate,
  serverCertificate,
} from './daemons/certificates.ts';
export type { Certificate } from './daemons/certificates.ts';
export { startSocksServer } from './socks/start-socks-server.ts';
export type { SocksRequest, SocksServer, SocksServerOptions, SocksStage } from './socks/start-socks-server.ts';
export { startHttp2Wire } from './http2/start-http2-wire.ts';
export type { Http2WireServer } from './http2/start-http2-wire.ts';
export type { Http2Wire, ReceivedFrame, WirePlayer } from './http2/http2-wire.ts';
export { answerWell, hostileHttp2Cases } from './http2/hostile-http2-cases.ts';
export type { HostileHttp2Case } from './http2/hostile-http2-cases.ts';
export * as http2Frames from './http2/frames.ts';
