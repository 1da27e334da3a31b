const place = document.getElementById("redoc");
window.Redoc.init(place.dataset.openapi, { hideDownloadButton: false }, place);
