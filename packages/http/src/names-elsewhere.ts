/**
 * What other clients call the options: aiohttp, fetch, axios, got, requests and undici, and VCR.py, aioresponses and nock
 * beside them. Whoever comes from there is told the name here instead of a list of all names.
 */

/**
 * The other name, in small letters without underscores; then what is meant, by its option. One name may mean several
 * things: which of them holds, the options at hand say.
 */
const meanings = new Map<string, readonly string[]>(
  Object.entries({
    agent: ['connector'],
    basicauth: ['auth'],
    baseuri: ['baseUrl'],
    beforerecordresponse: ['redact'],
    bodytimeout: ['sockRead'],
    body: ['data', 'json'],
    ca: ['tls: { ca }'],
    cert: ['tls: { cert }'],
    canceltoken: ['signal'],
    compression: ['compress'],
    connection: ['connect'],
    connections: ['limitPerHost'],
    connecttimeout: ['sockConnect', 'timeout: { sockConnect }'],
    content: ['data', 'body'],
    contenttype: ["headers: { 'content-type': … }"],
    conntimeout: ['timeout: { connect }'],
    data: ['body'],
    decompress: ['autoDecompress'],
    delay: ['backoff'],
    dnscachemaxsize: ['maxDnsEntries'],
    exception: ['error'],
    fallbackcharsetresolver: ['fallbackCharset'],
    files: ['data: new MultipartForm()'],
    filterheaders: ['secretNames'],
    fingerprint: ['tls: { fingerprint }'],
    followredirect: ['allowRedirects'],
    followredirects: ['allowRedirects'],
    forceclose: ['keepAlive: false'],
    formdata: ['data: new MultipartForm()'],
    happyeyeballsdelay: ['autoSelectFamilyAttemptTimeout'],
    headerstimeout: ['firstByte', 'timeout: { firstByte }'],
    hooks: ['middlewares', 'traces'],
    host: ['origin'],
    http2: ['allowH2'],
    httpagent: ['connector'],
    httpsagent: ['connector'],
    interceptors: ['middlewares'],
    key: ['tls: { key }'],
    localaddr: ['localAddress'],
    login: ['username', 'auth: { username, password }'],
    maxattempts: ['attempts'],
    maxbodylength: ['maxBodySize'],
    maxcontentlength: ['maxBodySize'],
    maxfieldsize: ['maxHeaderSize'],
    maxheadersize: ['maxHeaderSize'],
    maxlinesize: ['maxHeaderSize'],
    maxmsgsize: ['maxMessageSize'],
    maxretries: ['attempts', 'middlewares: [retryRequests()]'],
    maxsockets: ['limitPerHost'],
    multipart: ['data: new MultipartForm()'],
    params: ['query'],
    password: ['auth: { username, password }'],
    pass: ['password'],
    pathname: ['path'],
    path: ['socketPath'],
    payload: ['json'],
    prefixurl: ['baseUrl'],
    proxies: ['proxy'],
    qs: ['params', 'query'],
    query: ['params'],
    readbufsize: ['readBufferSize'],
    readtimeout: ['sockRead', 'timeout: { sockRead }'],
    recordmode: ['mode'],
    redirect: ['allowRedirects'],
    rejectunauthorized: ['tls: { rejectUnauthorized }'],
    request: ['total'],
    resolver: ['lookup'],
    response: ['firstByte'],
    retries: ['attempts', 'middlewares: [retryRequests()]'],
    retry: ['middlewares: [retryRequests()]'],
    search: ['params', 'query'],
    searchparams: ['params', 'query'],
    secureconnect: ['tlsHandshake'],
    socket: ['sockRead'],
    ssl: ['tls: { rejectUnauthorized, ca, cert, key }'],
    sslcontext: ['tls: { ca, cert, key }'],
    starttimeout: ['backoff'],
    statuscode: ['status'],
    statuscodes: ['statuses'],
    statusforcelist: ['statuses'],
    text: ['data', 'body'],
    throwhttperrors: ['raiseForStatus'],
    timeout: ['total'],
    token: ['bearer', 'auth: { bearer }'],
    traceconfig: ['traces'],
    traceconfigs: ['traces'],
    tracerequestctx: ['context'],
    ttldnscache: ['dnsCacheTtl'],
    unixsocket: ['socketPath'],
    uri: ['url'],
    usednscache: ['dnsCacheTtl: 0'],
    useragent: ["headers: { 'user-agent': … }"],
    user: ['username', 'auth: { username, password }'],
    username: ['auth: { username, password }'],
    validatestatus: ['raiseForStatus'],
    verify: ['tls: { rejectUnauthorized }'],
    verifyssl: ['tls: { rejectUnauthorized }'],
  }),
);

/** What is no option anywhere, or is one elsewhere, and what to do instead. */
const advice = new Map<string, string>([
  ...[
    ['connector', 'cookieJar', 'baseUrl', 'dispatcher', 'keepAliveTimeout', 'limit', 'limitPerHost', 'localAddress'],
    ['lookup', 'socketPath', 'traces', 'trustEnv'],
  ].flatMap((names) => names.map((name): [string, string] => [bareName(name), 'it is an option of a ClientSession'])),
  ['method', 'session.request(method, url, options) takes it as an argument'],
  ['ondownloadprogress', 'read response.body or response.chunks(size) and count'],
  ['repeat', 'rule.persist() and rule.times(n) repeat a reply'],
  ['responseencoding', 'response.text({ encoding }) takes it'],
  ['responsetype', 'the response has json(), text(), bytes() and stream()'],
  ['stream', 'every response streams: read response.body, or the whole of it with bytes(), text() or json()'],
]);

/** An option's name in small letters without underscores: `limit_per_host` is `limitPerHost`. */
export function bareName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** What `given`, another client's word, is called here, as a part of a message; null when nothing is known of it. */
export function hintOf(given: string, known: readonly string[]): string | null {
  const meant = (meanings.get(bareName(given)) ?? []).filter((words) => known.includes(/^\w+/u.exec(words)?.[0] ?? ''));
  if (meant.length > 0) return `is ${meant.join(' or ')} meant?`;
  return advice.get(bareName(given)) ?? null;
}
