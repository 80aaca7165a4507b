"""Where a server stands between its start and its end. Only the event loop's thread writes it."""


class State:
    def __init__(self):
        # Set once the model is verified and loaded.
        self.model = None
        # From SIGTERM on.
        self.draining = False
        # Prediction requests whose answer is not complete.
        self.in_flight = 0
        # Prediction requests that were given up when the grace was over.
        self.cut_off = 0
        # Why the model could not be served, when it could not.
        self.refusal = None

    @property
    def ready(self):
        return self.model is not None and not self.draining
