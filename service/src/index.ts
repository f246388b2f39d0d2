/** adeskit-service: a self-hosted e-signature service on the adeskit engine. */
export { type Configuration, ConfigurationError, readConfiguration } from './config/configuration.ts';
export { type ServeOptions, serve } from './serve.ts';
export { type Service, type StartOptions, startService } from './service.ts';
