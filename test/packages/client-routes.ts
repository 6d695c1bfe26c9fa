import type { startWeb } from './servers/web.ts';

type Routes = Parameters<typeof startWeb>[0];

const order = (id: number) => ({ body: { id, total: id * 5 }, headers: { 'x-request': 'r-1' } });

/** What the programs of `clients` ask for. */
export const routes: Routes = {
  'GET /orders/1': () => order(1),
  'GET /orders/2': () => order(2),
  'POST /orders': ({ body }) => ({ status: 201, body: { id: 3, ...(body as object) } }),
  'GET /orders/404': () => ({ status: 404, body: { reason: 'no such order' } }),
  'GET /broken': () => ({ text: '{"id": 1' }),
  'GET /slow': () => 'never',
  'GET /again': (_, nth) => (nth % 2 === 1 ? { status: 503, body: {} } : { body: { nth: 2 } }),
  'POST /v1/messages': ({ body }) => answerOf(body as Asking),
  'POST /sqs': ({ body }) => sqs(body as Record<string, unknown>),
  'POST /sqs/': ({ body }) => sqs(body as Record<string, unknown>),
  'POST /dynamo': ({ body }) => dynamo(body as Record<string, unknown>),
  'POST /dynamo/': ({ body }) => dynamo(body as Record<string, unknown>),
};

interface Asking {
  readonly model: string;
  readonly messages: readonly { readonly content: string | readonly { readonly content?: string }[] }[];
  readonly tools?: unknown;
}

const FAILURES: Readonly<Record<string, ReturnType<Routes[string]>>> = {
  busy: {
    status: 429,
    headers: { 'retry-after': '7', 'request-id': 'req-9' },
    body: { type: 'error', error: { type: 'rate_limit_error', message: 'too fast' } },
  },
  gone: {
    status: 404,
    headers: { 'request-id': 'req-8' },
    body: { type: 'error', error: { type: 'not_found_error', message: 'model: gone' } },
  },
};

/** A model that asks for a tool once and then says what the tool gave. */
function answerOf({ model, messages, tools }: Asking): ReturnType<Routes[string]> {
  if (FAILURES[model]) return FAILURES[model];
  const { content } = messages.at(-1) ?? { content: '' };
  const message = {
    id: `msg-${messages.length}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: `heard ${typeof content === 'string' ? content : content[0]?.content}` }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 4 },
  };
  const headers = { 'request-id': `req-${messages.length}` };
  if (model === 'mock-stream')
    return { headers: { 'content-type': 'text/event-stream' }, text: streamOf(message) };
  if (tools !== undefined && messages.length === 1) {
    const call = { type: 'tool_use', id: 't-1', name: 'stock', input: { sku: 'tea' } };
    return { headers, body: { ...message, content: [call], stop_reason: 'tool_use' } };
  }
  return { headers, body: message };
}

function streamOf(message: {
  readonly stop_reason: string;
  readonly content: readonly { text: string }[];
}): string {
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...[...(message.content[0]?.text ?? '')].map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: { output_tokens: 9 },
    },
    { type: 'message_stop' },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

const AWS = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'aws-1' };
const awsError = (type: string, message: string, more: object = {}, status = 400) => ({
  status,
  headers: AWS,
  body: { __type: type, message, ...more },
});

/** By what is asked: the command stands in a header. */
function sqs(asked: Record<string, unknown>): ReturnType<Routes[string]> {
  if (String(asked.QueueUrl).endsWith('-gone'))
    return awsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
  if (asked.MessageBody === 'throttle')
    return awsError('com.amazonaws.sqs#RequestThrottled', 'slow down', {}, 403);
  if (asked.MessageBody !== undefined)
    return { headers: AWS, body: { MessageId: 'm-1', MD5OfMessageBody: '' } };
  if (asked.ReceiptHandle !== undefined) return { headers: AWS, body: {} };
  const messages = ['ada', 'bob'].map((Body, index) => ({
    MessageId: `m-${index}`,
    ReceiptHandle: `h-${index}`,
    Body,
    Attributes: { SentTimestamp: '1000' },
  }));
  return { headers: AWS, body: { Messages: messages } };
}

function dynamo(asked: Record<string, unknown>): ReturnType<Routes[string]> {
  const item = { id: { S: 'o-1' }, cents: { N: '950' }, seal: { B: 'b2s=' } };
  if (asked.ConditionExpression !== undefined)
    return awsError(
      'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      'The conditional request failed',
      { Item: item },
    );
  if (asked.Item !== undefined) return { headers: AWS, body: {} };
  const { id } = asked.Key as { id: { S: string } };
  return { headers: AWS, body: id.S === 'o-1' ? { Item: item } : {} };
}
