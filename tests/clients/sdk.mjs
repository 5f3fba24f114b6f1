// The official SDK for TypeScript and JavaScript, asked by test_typescript_sdk.py.
//
// Arguments: configuration file, profile, address of the server. Prints what it saw as one JSON
// object.

import common from "oci-common";
import identity from "oci-identity";

const [configFile, profile, url] = process.argv.slice(2);
const provider = new common.ConfigFileAuthenticationDetailsProvider(configFile, profile);
const client = new identity.IdentityClient({ authenticationDetailsProvider: provider });
client.endpoint = url;
const tenancyId = provider.getTenantId();

async function create(name) {
  const createUserDetails = { compartmentId: tenancyId, name, description: "d" };
  return (await client.createUser({ createUserDetails })).user;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const { statusCode, serviceCode, message, opcRequestId } = error;
    return { statusCode, serviceCode, message, opcRequestId };
  }
  throw new Error("this had to be refused");
}

const users = [];
for (let number = 0; number < 5; number += 1) users.push(await create(`script-${number}`));
const [user] = users;

const createOrReset = (opcRetryToken) =>
  client.createOrResetUIPassword({ userId: user.id, opcRetryToken });
const first = (await createOrReset("same")).uIPassword;
const again = (await createOrReset("same")).uIPassword;

const listed = [];
for await (const each of client.listAllUsers({ compartmentId: tenancyId, limit: 2 })) {
  listed.push(each.name);
}

const got = await client.getUser({ userId: user.id });
const updated = await client.updateUser({
  userId: user.id,
  updateUserDetails: { description: "new" },
  ifMatch: got.etag,
});

console.log(
  JSON.stringify({
    user: got.user,
    etag: got.etag,
    requestId: got.opcRequestId,
    first,
    again,
    listed,
    description: updated.user.description,
    absent: await refusal(() => client.getUser({ userId: tenancyId })),
    stale: await refusal(() => client.deleteUser({ userId: user.id, ifMatch: got.etag })),
    duplicate: await refusal(() => create("script-0")),
  }),
);
