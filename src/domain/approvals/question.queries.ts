// Reads a question about an approval. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { isSubjectType, type SubjectType } from './subjects.js';

export interface QuestionFacts {
  readonly id: string;
  readonly approval: { readonly id: string; readonly version: number; readonly isOpen: boolean };
  readonly about: { readonly type: SubjectType; readonly subjectId: string };
  readonly askedBy: string;
  readonly question: string;
  readonly answer: { readonly by: string; readonly text: string; readonly at: Date } | null;
}

/** Null for an unknown one. For callers that checked who reads it. */
export async function findQuestion(db: Db | Tx, questionId: string): Promise<QuestionFacts | null> {
  const found = await db.approvalQuestion.findUnique({
    where: { id: questionId },
    include: { approval: true },
  });
  const type = found?.approval.subjectType ?? '';
  if (!found || !isSubjectType(type)) return null;
  const { askedById, answeredById, answer, answeredAt, approval, question } = found;
  const people = await db.user.findMany({
    where: { id: { in: [askedById, ...(answeredById === null ? [] : [answeredById])] } },
    select: { id: true, name: true },
  });
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name ?? '';
  return {
    id: questionId,
    approval: { id: approval.id, version: approval.version, isOpen: approval.status === 'open' },
    about: { type, subjectId: approval.subjectId },
    askedBy: nameOf(askedById),
    question,
    answer:
      answeredById !== null && answer !== null && answeredAt !== null
        ? { by: nameOf(answeredById), text: answer, at: answeredAt }
        : null,
  };
}
