export { VirtualHost } from './virtual-host.ts';
