import { awsBook } from './aws-book.ts';
import { holdToContract } from './contract.ts';

holdToContract(awsBook);
