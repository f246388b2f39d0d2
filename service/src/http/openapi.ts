/** What the schemas of routes cannot say in the OpenAPI document: the bodies of uploads, the files of downloads. */

interface Operation {
  requestBody?: object;
  responses?: Record<string, object>;
}

/** Adds them to the document. */
export function uploadBodies(document: object): object {
  const given = document as { readonly openapiObject?: object; readonly swaggerObject?: object };
  const openapi = (given.openapiObject ?? given.swaggerObject ?? document) as {
    readonly paths?: Record<string, Record<string, Operation>>;
  };
  for (const [path, extra] of Object.entries(UPLOADS)) {
    const operation = openapi.paths?.[path]?.['post'];
    if (operation)
      operation.requestBody = {
        required: true,
        content: { 'multipart/form-data': { schema: { type: 'object', required: ['file'], properties: { file: BINARY, ...extra } } } },
      };
  }
  const download = openapi.paths?.['/v1/signature-requests/{request_id}/download']?.['get'];
  if (download)
    download.responses = {
      '200': {
        description: 'The signed document; with include=audit_trail a ZIP archive.',
        content: Object.fromEntries(FILES.map((type) => [type, { schema: BINARY }])),
      },
      ...download.responses,
    };
  return openapi;
}

const BINARY = { type: 'string', format: 'binary' };
const TEXT = { type: 'string' };
const FILES = ['application/pdf', 'application/zip', 'application/vnd.etsi.asic-e+zip'];
const UPLOADS: Readonly<Record<string, object>> = {
  '/v1/documents': { name: { ...TEXT, maxLength: 300 }, locale: { ...TEXT, maxLength: 35 } },
  '/v1/validate': { detached: BINARY },
};
