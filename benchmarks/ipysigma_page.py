"""The page that ipysigma makes of a network, in an environment of its own.

ipysigma loads its code from two content delivery networks whenever the page is opened. Here the
same files come from the disk; that the page asks for them is counted all the same.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = "0.24.6"

_MAKE = """
import json, sys
import networkx as nx
from ipysigma import Sigma
said = json.load(sys.stdin)
network = nx.MultiDiGraph()
for i, (name, x, y, radius, colour) in enumerate(said["nodes"]):
    network.add_node(i, label=name, x=x, y=-y, size=radius / 3, color=colour)
for one, other, colour in said["edges"]:
    network.add_edge(one, other, color=colour)
Sigma.write_html(network, sys.argv[1], fullscreen=True, start_layout=False,
    raw_node_size="size", raw_node_color="color", raw_edge_color="color")
"""

LOOK = """
const canvas=document.querySelector('.sigma-mouse'),box=canvas.getBoundingClientRect();
const middle=[box.left+box.width/2,box.top+box.height/2];let before=[0,0],level=0,[px,py]=middle;
const say=(on,type,more)=>on.dispatchEvent(new MouseEvent(type,{bubbles:true,cancelable:true,
  clientX:px,clientY:py,...more}));
say(canvas,'mousedown');
window.look=(x,y,zoom)=>{px-=(x-before[0])*box.width;py-=(y-before[1])*box.height;before=[x,y];
  say(document,'mousemove');say(canvas,'mousemove');
  const wanted=Math.round(Math.log(zoom)/Math.log(1.7));
  if(wanted!==level){canvas.dispatchEvent(new WheelEvent('wheel',{bubbles:true,cancelable:true,
    clientX:middle[0],clientY:middle[1],deltaY:wanted>level?-120:120}));level=wanted;}};"""


def page(network: dict[str, Any], cache: Path) -> str:
    """Return the HTML that ipysigma writes of these nodes and edges."""
    home = _installed(cache)
    file = cache / "ipysigma.html"
    make = [str(home / "bin" / "python"), "-c", _MAKE, str(file)]
    subprocess.run(make, input=json.dumps(network), text=True, check=True)
    text = file.read_text(encoding="utf-8")
    file.unlink()
    # The file from the disk is another version of require.js than the one that it names.
    start = text.index(' integrity="')
    return text[:start] + text[text.index('"', start + 12) + 1 :]


def given(cache: Path) -> Mapping[str, Path]:
    """Return the files that the page asks other addresses for, by a part of the address."""
    modules = cache / "node" / "node_modules"
    extension = cache / "ipysigma" / "share" / "jupyter" / "nbextensions" / "ipysigma"
    return {
        "require.min.js": modules / "requirejs" / "require.js",
        "embed-amd.js": modules / "@jupyter-widgets" / "html-manager" / "dist" / "embed-amd.js",
        "/ipysigma@": extension / "index.js",
    }


def _installed(cache: Path) -> Path:
    home = cache / "ipysigma"
    mark = home / f"ready-{VERSION}"
    if not mark.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, f"ipysigma=={VERSION}", "networkx"], check=True)
        mark.touch()
    return home
