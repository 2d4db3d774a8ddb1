/** What a browser is shown; everything in it is put there by the script, as text. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trunkline</title>
<link rel="stylesheet" href="_trunkline/page.css">
<script src="_trunkline/page.js" defer></script>
</head>
<body>
<header>
<h1>Services</h1>
<input id="find" type="search" placeholder="Find a method" aria-label="Find a method">
<input id="token" type="password" placeholder="Bearer token" aria-label="Bearer token" autocomplete="off" hidden>
<a href="_trunkline/openapi.json">OpenAPI</a>
</header>
<main id="services"><p>Loading …</p></main>
</body>
</html>
`;
