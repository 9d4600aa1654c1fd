/**
 * The reference service: a small checkout API, `POST /checkout` with the items of a basket and `GET /` for who answers.
 * Its fault switch is part of its code, as a real fault would be: a release is built with the share of checkouts that fail.
 */
declare const RELEASE: string;
declare const FAULT_RATE: number;

interface HttpEvent {
  readonly rawPath?: string;
  readonly requestContext?: { readonly http?: { readonly method?: string } };
  readonly body?: string;
}

interface Item {
  readonly name: string;
  readonly cents: number;
}

export async function handler(event: HttpEvent, context: { readonly functionVersion: string }) {
  const { rawPath: path = '/', requestContext } = event;
  const method = requestContext?.http?.method ?? 'GET';
  if (Math.random() < FAULT_RATE) throw new Error('the payment provider does not answer');
  if (path === '/' && method === 'GET') return answer(200, { release: RELEASE, version: context.functionVersion });
  if (path === '/checkout' && method === 'POST') return checkout(event.body);
  return answer(404, { error: 'there is only GET / and POST /checkout' });
}

function checkout(body: string | undefined) {
  const items = itemsIn(body);
  if (!items) return answer(400, { error: 'expected { "items": [{ "name": ..., "cents": ... }] }' });
  return answer(200, { release: RELEASE, totalCents: items.reduce((sum, { cents }) => sum + cents, 0) });
}

function itemsIn(body: string | undefined): readonly Item[] | undefined {
  try {
    const { items } = JSON.parse(body ?? '') as { items: unknown };
    const valid = (item: Item) => typeof item.name === 'string' && Number.isInteger(item.cents) && item.cents >= 0;
    return Array.isArray(items) && items.every(valid) ? items : undefined;
  } catch {
    return undefined;
  }
}

const answer = (statusCode: number, body: object) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
