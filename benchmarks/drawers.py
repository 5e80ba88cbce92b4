"""The pages that are compared: the same network and places, drawn by ours and by others.

Each gives the page's HTML and a script that makes `window.look(x, y, zoom)`: look that far from the
opening view's middle, in shares of its width and height, that much closer.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipysigma_page

from clustergraph import drawing, view
from clustergraph import network as networks
from clustergraph.drawing import Drawing

PACKAGES = {
    "sigma": "3.0.3",
    "graphology": "0.26.0",
    "force-graph": "1.52.0",
    "cytoscape": "3.34.4",
    "@jupyter-widgets/html-manager": "1.0.15",
    "requirejs": "2.3.8",
}


@dataclass(frozen=True)
class Drawer:
    """One row of the table: what it is called, its page, and how to move about in it.

    `given` are the files that it loads from other addresses, by a part of the address.
    """

    name: str
    page: Callable[[Drawing, Path], str]
    look: str
    given: Callable[[Path], Mapping[str, Path]] = lambda _: {}


def installed(cache: Path) -> Path:
    """Return the folder with the npm packages, installed when they are first wanted."""
    home = cache / "node"
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    mark = home / "ready"
    if not mark.exists() or mark.read_text(encoding="utf-8") != "\n".join(wanted):
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text("{}", encoding="utf-8")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", *wanted]
        subprocess.run(install, cwd=home, check=True)
        mark.write_text("\n".join(wanted), encoding="utf-8")
    return home / "node_modules"


def _plain(drawn: Drawing) -> dict[str, Any]:
    """Return the network as the others take it: names, places, sizes, colours, ends."""
    network = drawn.network
    order = {iri: i for i, iri in enumerate(network)}
    looks = drawn.looks
    kinds: list[list[str]] = [said["types"] for _, said in network.nodes(data=True)]
    nodes = [
        [networks.name(network, iri), x, y, r, looks[types[0]]["colour"]]
        for iri, types, x, y, r in zip(network, kinds, drawn.x, drawn.y, drawn.radius, strict=True)
    ]
    edges = [
        [order[one], order[other], looks[said["predicate"]]["colour"]]
        for one, other, said in network.edges(data=True)
    ]
    return {"nodes": nodes, "edges": edges}


def _page(drawn: Drawing, scripts: list[Path], start: str) -> str:
    data = json.dumps(_plain(drawn), ensure_ascii=False).replace("<", "\\u003c")
    code = [p.read_text(encoding="utf-8").replace("</script", "<\\/script") for p in scripts]
    blocks = "".join(f"<script>{text}</script>\n" for text in code)
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>network</title>'
        "<style>html,body,#box{margin:0;width:100%;height:100%;overflow:hidden}</style>"
        f'<div id="box"></div>\n{blocks}<script>const data={data};'
        f"const box=document.getElementById('box');{start}</script>"
    )


def _ours(engine: view.Engine) -> Callable[[Drawing, Path], str]:
    return lambda drawn, _: view.page(drawn.network, engine=engine)


def _tuned(drawn: Drawing, _: Path) -> str:
    text: str = drawing.to_pyvis(drawn).generate_html()
    return text


def _default(drawn: Drawing, _: Path) -> str:
    from pyvis.network import Network  # noqa: PLC0415 - pulls in IPython

    vis, tuned = (
        Network(height="900px", directed=True, cdn_resources="in_line"),
        drawing.to_pyvis(drawn),
    )
    # Filled directly: add_edge looks through all earlier edges, which takes hours at this size.
    vis.nodes = [{k: v for k, v in n.items() if k not in {"x", "y"}} for n in tuned.nodes]
    vis.edges = [{"from": e["from"], "to": e["to"], "arrows": "to"} for e in tuned.edges]
    vis.node_ids, vis.node_map = tuned.node_ids, tuned.node_map
    text: str = vis.generate_html()
    return text


def _ipysigma(drawn: Drawing, modules: Path) -> str:
    return ipysigma_page.page(_plain(drawn), modules.parents[1])


def _sigma(drawn: Drawing, modules: Path) -> str:
    scripts = [
        modules / "graphology" / "dist" / "graphology.umd.min.js",
        modules / "sigma" / "dist" / "sigma.min.js",
    ]
    return _page(
        drawn,
        scripts,
        """const g=new graphology.MultiDirectedGraph();
        data.nodes.forEach(([label,x,y,size,color],i)=>g.addNode(i,{label,x,y:-y,size:size/3,color}));
        data.edges.forEach(([a,b,color])=>g.addEdge(a,b,{color,size:1}));
        window.drawn=new Sigma(g,box);""",
    )


def _force_graph(drawn: Drawing, modules: Path) -> str:
    return _page(
        drawn,
        [modules / "force-graph" / "dist" / "force-graph.min.js"],
        """window.drawn=new ForceGraph(box).cooldownTicks(0).nodeColor('color').linkColor('color')
        .nodeVal('val').nodeRelSize(1).linkDirectionalArrowLength(4).graphData({
        nodes:data.nodes.map(([name,x,y,r,color],id)=>({id,name,x,y,fx:x,fy:y,val:r*r,color})),
        links:data.edges.map(([source,target,color])=>({source,target,color}))});
        drawn.zoomToFit(0,20);""",
    )


def _cytoscape(drawn: Drawing, modules: Path) -> str:
    return _page(
        drawn,
        [modules / "cytoscape" / "dist" / "cytoscape.min.js"],
        """window.drawn=cytoscape({container:box,layout:{name:'preset'},elements:{
        nodes:data.nodes.map(([label,x,y,r,color],i)=>({data:{id:'n'+i,label,r:2*r,color},position:{x,y}})),
        edges:data.edges.map(([a,b,color],i)=>({data:{id:'e'+i,source:'n'+a,target:'n'+b,color}}))},
        style:[{selector:'node',style:{width:'data(r)',height:'data(r)',label:'data(label)',
        'background-color':'data(color)','font-size':12,'min-zoomed-font-size':8}},
        {selector:'edge',style:{width:1,'line-color':'data(color)','target-arrow-shape':'triangle',
        'target-arrow-color':'data(color)','arrow-scale':0.5,'curve-style':'straight'}}]});""",
    )


_OURS = """
const stage=document.querySelector('.stage'),box=stage.getBoundingClientRect();
stage.setPointerCapture=()=>undefined;
let [px,py]=[box.left+box.width/2,box.top+box.height/2],before=[0,0,1];
const say=(type,more)=>stage.dispatchEvent(new PointerEvent(type,{bubbles:true,pointerId:7,
  pointerType:'touch',button:0,clientX:px,clientY:py,...more}));
say('pointerdown');px+=9;say('pointermove');px-=9;say('pointermove');
window.look=(x,y,zoom)=>{
  px-=(x-before[0])*box.width*before[2];py-=(y-before[1])*box.height*before[2];say('pointermove');
  stage.dispatchEvent(new WheelEvent('wheel',{bubbles:true,cancelable:true,
    clientX:box.left+box.width/2,clientY:box.top+box.height/2,
    deltaY:-Math.log(zoom/before[2])/0.002}));
  before=[x,y,zoom];};"""
_VIS = """
const at=network.getViewPosition(),scale=network.getScale(),
  size=document.getElementById('mynetwork').getBoundingClientRect();
window.look=(x,y,zoom)=>network.moveTo({scale:scale*zoom,animation:false,
  position:{x:at.x+x*size.width/scale,y:at.y+y*size.height/scale}});"""
_LOOKS: Mapping[str, str] = {
    "sigma": "window.look=(x,y,zoom)=>drawn.getCamera().setState("
    "{x:0.5+x,y:0.5-y,ratio:1/zoom,angle:0});",
    "force-graph": """
const at=drawn.centerAt(),scale=drawn.zoom();
window.look=(x,y,zoom)=>{drawn.zoom(scale*zoom);
  drawn.centerAt(at.x+x*innerWidth/scale,at.y+y*innerHeight/scale);};""",
    "cytoscape": """
const at={...drawn.pan()},scale=drawn.zoom();
window.look=(x,y,zoom)=>{const [w,h]=[innerWidth,innerHeight];drawn.viewport({zoom:scale*zoom,
  pan:{x:w/2-((w/2-at.x)+x*w)*zoom,y:h/2-((h/2-at.y)+y*h)*zoom}});};""",
}

DRAWERS = (
    Drawer("clustergraph, pyvis engine", _ours("pyvis"), _OURS),
    Drawer("clustergraph, canvas engine", _ours("canvas"), _OURS),
    Drawer("pyvis, as it comes", _default, _VIS),
    Drawer("pyvis, places fixed, straight edges", _tuned, _VIS),
    Drawer("ipysigma", _ipysigma, ipysigma_page.LOOK, ipysigma_page.given),
    Drawer("sigma 3", _sigma, _LOOKS["sigma"]),
    Drawer("force-graph", _force_graph, _LOOKS["force-graph"]),
    Drawer("cytoscape.js", _cytoscape, _LOOKS["cytoscape"]),
)
