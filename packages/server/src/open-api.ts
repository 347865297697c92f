/** The API as an OpenAPI 3.1 document, made of the schemas that its routes check by. */
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import manifest from "../package.json" with { type: "json" };

export async function addOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Malleolus, the reading room",
        description: "Research software, not a medical device.",
        version: manifest.version,
      },
    },
    transform(given) {
      const { schema, url } = jsonSchemaTransform(given);
      return { url, schema: { ...schema, "x-access": given.route.config?.access } };
    },
  });
  app.get(
    "/api/openapi.json",
    { config: { access: "signed in", act: null }, schema: { hide: true } },
    async () => app.swagger(),
  );
}
