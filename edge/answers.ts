// Answers that are no JSON.
export const noContent = (): Response => new Response(null, { status: 204 });
