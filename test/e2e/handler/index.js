exports.handler = async () => ({ statusCode: 200, body: JSON.stringify({ release: process.env.RELEASE }) });
