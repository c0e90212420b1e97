"""Use a torch network: its features, its probabilities, and heatmaps of its predictions."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

from margin_core import Study, add_model_outputs, as_model, explain
from margin_core.tasks import DecisionBoundary, LabelFlips, Saliency

digits = load_digits()
pictures = (digits.images * 15.9).astype(np.uint8)  # uint8 (n, h, w), or (n, h, w, 3) for color
labels = digits.target

# Your network: pictures in, logits out. Here, a small one trained on the first 1,200 pictures.
torch.manual_seed(0)
network = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
    nn.Flatten(), nn.Linear(32 * 4 * 4, 10),
)  # fmt: skip
x, target = torch.tensor(pictures[:1200, None] / 255, dtype=torch.float32), torch.tensor(labels[:1200])
optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
for _ in range(30):
    optimizer.zero_grad()
    nn.functional.cross_entropy(network(x), target).backward()
    optimizer.step()

# Layer, channels and size are detected. You can also give them: as_model(network, layer=..., size=..., mean=...).
model = as_model(network, inputs=pictures, class_names=[str(digit) for digit in range(10)])
study = Study.build(name="digits", inputs=pictures[1200:], labels=labels[1200:], model=model)
study = add_model_outputs(study)  # features: input of the last linear layer; probabilities: softmax

# A model's probabilities count as in-sample and are not used in ranking. But this network did not see these pictures.
study = study.replace(out_of_sample=True)
print(study)

errors = explain(DecisionBoundary(view="errors"), study).to_frame()
print(errors[["id", "score", "given", "first_name", "second_name"]].head(3))
print(explain(LabelFlips(), study).to_frame()[["id", "score", "given_label", "suggested_label"]].head(3))

heatmap = explain(Saliency(sample=str(errors["id"][0])), study).heatmap
print(heatmap.shape, heatmap.max())  # in [0, 1], larger = more important

# On the command line, --model names a torchvision architecture with weights, an ONNX file, or a function of your own
# that returns the model: --model package.module:factory.
