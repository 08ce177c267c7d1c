// Buttons for passkeys: they are hidden until this has run, since nothing about keys works without JavaScript.
(() => {
  const forms = window.allauth.webauthn.forms;
  const start = {
    "sign-in": (button) => forms.loginForm({ ids: { login: button.id, credential: "passkey-credential" } }),
    use: (button) =>
      forms.authenticateForm({
        ids: { authenticate: button.id, credential: button.dataset.credential, data: "passkey-data" },
      }),
    add: (button) =>
      forms.addForm({
        ids: {
          add: button.id,
          credential: button.dataset.credential,
          passwordless: button.dataset.passwordless,
          data: "passkey-data",
        },
      }),
  };
  document.addEventListener("allauth.error", (event) => {
    const status = document.getElementById("passkey-status");
    if (status) {
      event.preventDefault();
      status.textContent = status.dataset.failed;
    }
  });
  for (const button of document.querySelectorAll("[data-passkey]")) {
    start[button.dataset.passkey](button);
    button.hidden = !window.PublicKeyCredential;
  }
})();
