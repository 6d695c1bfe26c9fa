import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';

const common = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  maxAttempts: 1,
};
const base = process.env.WEB_URL ?? '';
const sqs = new SQSClient({ ...common, endpoint: `${base}/sqs`, useQueueUrlAsEndpoint: false, md5: false });
const dynamo = new DynamoDBClient({ ...common, endpoint: `${base}/dynamo` });
export async function close() {
  sqs.destroy();
  dynamo.destroy();
}

const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/1/orders';

export async function main() {
  'use durable';
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'ada' }));
  const { Messages = [], $metadata } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2 }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const put = {
    TableName: 'orders',
    Item: { id: { S: 'o-1' }, cents: { N: '950' }, seal: { B: Buffer.from('ok') } },
  };
  const written = await dynamo.send(new PutItemCommand(put));
  const [{ Item }, missing] = await Promise.all([
    dynamo.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'o-1' } } })),
    dynamo.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'none' } } })),
  ]);
  const failures: unknown[] = [];
  try {
    await dynamo.send(new PutItemCommand({ ...put, ConditionExpression: 'attribute_not_exists(id)' }));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      failures.push([
        error.name,
        error.message,
        error.$fault,
        error.$metadata.httpStatusCode,
        error.Item?.id?.S,
      ]);
  }
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-gone`, MessageBody: 'eve' }));
  } catch (error) {
    if (error instanceof QueueDoesNotExist)
      failures.push([
        error.name,
        error instanceof SQSServiceException,
        error.$metadata.requestId,
        error.$response?.statusCode,
        error.$retryable ?? 'never',
      ]);
  }
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'throttle' }));
  } catch (error) {
    failures.push([(error as Error).name, (error as SQSServiceException).$metadata.httpStatusCode]);
  }
  return [
    [sent.MessageId, sent.$metadata.httpStatusCode, sent.$metadata.requestId, $metadata.attempts],
    Messages.map(({ Body, Attributes }) => [Body, Attributes?.SentTimestamp]),
    [
      written.$metadata.httpStatusCode,
      Item?.cents?.N,
      Buffer.from(Item?.seal?.B ?? []).toString(),
      missing.Item,
    ],
    failures,
  ];
}
