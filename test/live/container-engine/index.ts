export { baseSystem, type BaseSystem } from "./base-system";
export { loopbackCertificate, type ServerCertificate } from "./certificates";
export { type ClientResult, ContainerEngine, restrictedRunFlags } from "./container-engine";
export { needPrograms } from "./debian-programs";
export { type EngineRemains, engineRemains, removeEngine } from "./engine-remains";
export { type Credentials, htpasswdLine } from "./htpasswd";
export { answersAsRegistry, LoopbackRegistry, type LoopbackRegistryOptions } from "./loopback-registry";
