/** What stands at the head of bundles that are ES modules: CommonJS packages in them still ask for `require`, and our own code for its folder. */
export const ESM_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__dirname=require('node:path').dirname(require('node:url').fileURLToPath(import.meta.url));";
