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
