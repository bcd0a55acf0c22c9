/**
 * For tests: time that moves only when nothing is ready.
 *
 * @module
 */
export { VirtualHost } from './virtual-host.ts';
