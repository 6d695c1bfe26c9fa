import { toLambda } from 'use-durable/aws-lambda';
import { registerUser } from '../../01-registration/src/register.js';

/** The registration of the first example, unchanged. */
export const handler = toLambda(registerUser);
