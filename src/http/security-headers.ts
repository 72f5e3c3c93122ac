import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** An answer is no page: it loads nothing, and stands in no frame. */
const nothing = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The same for every response, so helmet is asked once and not for each. */
function made(): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: nothing },
    frameguard: { action: 'deny' },
  })(request, response, (error) => {
    if (error !== undefined) throw new Error('helmet refused', { cause: error });
  });
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

/** What tells browsers to keep their hands off an answer: no sniffing, no framing, no scripts, no plain HTTP. */
export const securityHeaders = made();
