import { Testing } from "cdktf";
import { DockerImage, DockerRegistry, type DockerRegistryProps } from "slipway/docker";
import { addresses, readablePlan } from "../pipeline/readable-plan";
import { aHost, registryProps } from "./a-docker-host";

function registryOf(props: Partial<DockerRegistryProps> = {}) {
  const stack = aHost();
  return { stack, registry: new DockerRegistry(stack, "registry", { ...registryProps, ...props }) };
}

function synthesized(props: Partial<DockerRegistryProps> = {}): string {
  return Testing.synth(registryOf(props).stack);
}

test("a registry by nothing but what it needs", () => {
  expect(readablePlan(synthesized())).toMatchSnapshot();
});

test("a registry with everything said", () => {
  const everything: Partial<DockerRegistryProps> = {
    address: "0.0.0.0",
    port: 8443,
    host: "registry.acme.example",
    removalPolicy: "destroy",
    allowDeletion: true,
    user: "1000:1000",
    memoryMegabytes: 2048,
    healthCheck: ["curl", "--fail", "http://127.0.0.1:5001/debug/health"],
    labels: { "example.acme.team": "risk ${x}" },
  };
  expect(readablePlan(synthesized(everything))).toMatchSnapshot();
});

test("what Terraform calls a registry never changes: else its images would be gone", () => {
  expect(addresses(synthesized())).toEqual([
    "docker_container.registry_container_ADE921E6",
    "docker_container.registry_data-owner_826A098B",
    "docker_image.registry_image_D3DCD34E",
    "docker_volume.registry_data_B845E19E",
  ]);
});

test("without TLS it listens on the loopback interface and says so in its URL", () => {
  const { name, image, htpasswdPath } = registryProps;
  const stack = aHost();
  const registry = new DockerRegistry(stack, "registry", { name, image, htpasswdPath, insecurePlainHttp: true });
  expect(registry.url).toBe("http://127.0.0.1:5000");
  expect(Testing.synth(stack)).not.toContain("REGISTRY_HTTP_TLS");
});

test.each<[string, Partial<DockerRegistryProps>]>([
  ["127.0.0.1:5000", {}],
  ["10.0.0.7:8443", { address: "10.0.0.7", port: 8443 }],
  ["[fd00::7]:5000", { address: "fd00::7" }],
  ["registry.acme.example:5000", { address: "0.0.0.0", host: "registry.acme.example" }],
])("clients know it as %s", (endpoint, props) => {
  const { registry } = registryOf(props);
  expect([registry.endpoint, registry.url]).toEqual([endpoint, `https://${endpoint}`]);
  expect(registry.repository("risk/serving")).toBe(`${endpoint}/risk/serving`);
});

test("its program may be an image of the same stack, which is known by digest when Terraform runs", () => {
  const stack = aHost();
  const image = DockerImage.fromExistingImage(stack, "mirrored", { reference: "mirror.acme.example/registry:2.8.3" });
  new DockerRegistry(stack, "registry", { ...registryProps, image });
  expect(readablePlan(Testing.synth(stack))).toMatchObject({
    registry_image: { name: "mirror.acme.example/registry@${<mirrored_lookup>.sha256_digest}" },
  });
});

test("what it makes can be reached and overridden", () => {
  const { stack, registry } = registryOf();
  registry.container.addOverride("memory", 1024);
  registry.volume.addOverride("driver", "nfs");
  const plan = readablePlan(Testing.synth(stack));
  expect(plan).toMatchObject({
    registry_container: { memory: 1024 },
    registry_data: { driver: "nfs" },
  });
  expect([registry.image, registry.volumeOwner].map(({ terraformResourceType }) => terraformResourceType)).toEqual([
    "docker_image",
    "docker_container",
  ]);
});

describe("an existing registry", () => {
  test.each([
    ["https://registry.acme.example", { host: "registry.acme.example" }],
    ["https://registry.acme.example:5000", { host: "registry.acme.example", port: 5000 }],
    ["http://127.0.0.1:5000", { host: "127.0.0.1", port: 5000, insecurePlainHttp: true }],
  ])("is %s, and nothing of it is made", (url, props) => {
    const stack = aHost();
    const registry = DockerRegistry.fromExistingRegistry(stack, "registry", props);
    expect(registry.url).toBe(url);
    expect(registry.repository("risk/serving")).toBe(`${url.replace(/^https?:\/\//, "")}/risk/serving`);
    expect(addresses(Testing.synth(stack))).toEqual([]);
  });
});
