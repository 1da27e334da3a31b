const place = document.getElementById("redoc");
const { init } = await import(place.dataset.library);
init(place.dataset.openapi, { disableTelemetry: true }, place);
