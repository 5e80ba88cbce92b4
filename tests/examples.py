"""A small pair of tables for each code, that shows the problem: the pages of docs/problems.

A table is given as what differs from a clean one: its lines, or bytes where it is no text.
"""

ENTITIES = "id,type,name\nacme,firm,Acme Pharma\nhtz,zone,High-Tech Zone\n"
RELATIONS = "source,relation,target\nacme,located_in,htz\n"

_TWO_NAMES = (
    "id,type,name@en,name@zh\n"
    + "".join(f"f{n},firm,Firm {n},企业{n}\n" for n in range(1, 21))
    + "acme,firm,Acme Pharma,\nhtz,zone,High-Tech Zone,高新区\n"
)

Tables = dict[str, str | bytes | None]

EXAMPLES: dict[str, Tables] = {
    "file-empty": {"relations.csv": b""},
    "file-format": {"entities.csv": b"PK\x03\x04 a spreadsheet, named .csv"},
    "file-swapped": {"entities.csv": RELATIONS, "relations.csv": ENTITIES},
    "encoding-unreadable": {
        "entities.csv": ENTITIES.encode() + "wh,zone,Wuhan 武汉\ncafé,firm,Caf".encode() + b"\xe9\n"
    },
    "encoding-guessed": {
        "entities.csv": f"{ENTITIES}hr,firm,江苏恒瑞医药股份有限公司\n".encode("gb18030"),
        "relations.csv": f"{RELATIONS}hr,located_in,htz\n",
    },
    "file-end-mark": {"entities.csv": ENTITIES.encode() + b"\x1a"},
    "quote-open": {"entities.csv": ENTITIES.replace("Acme Pharma", '"Acme Pharma')},
    "column-missing": {"relations.csv": "source,relation\nacme,located_in\n"},
    "column-duplicate": {
        "entities.csv": "id,type,name,name\nacme,firm,Acme,Acme Pharma\nhtz,zone,HTZ,Zone\n"
    },
    "column-unnamed": {"entities.csv": "id,type,name,\nacme,firm,Acme,a remark\nhtz,zone,HTZ,\n"},
    "column-blank": {"entities.csv": "id,type,name,\nacme,firm,Acme,\nhtz,zone,HTZ,\n"},
    "column-unknown": {"entities.csv": "id,type,name,colour\nacme,firm,Acme,red\nhtz,zone,HTZ,\n"},
    "language-unknown": {
        "entities.csv": "id,type,name,name@chinese!\nacme,firm,Acme,恒\nhtz,zone,HTZ,\n"
    },
    "row-short": {"entities.csv": ENTITIES.replace("htz,zone,High-Tech Zone", "htz,zone")},
    "row-long": {"entities.csv": ENTITIES.replace("Acme Pharma", "Acme Pharma, Ltd.")},
    "quote-unescaped": {"entities.csv": ENTITIES.replace("Acme Pharma", '"Acme "Best" Pharma"')},
    "character-nul": {"entities.csv": ENTITIES.replace("Acme", "Ac\0me")},
    "character-control": {"entities.csv": ENTITIES.replace("Acme", "Ac\x07me")},
    "table-empty": {"relations.csv": "source,relation,target\n"},
    "id-empty": {"entities.csv": f"{ENTITIES},firm,Beta Bio\n"},
    "id-duplicate": {"entities.csv": f"{ENTITIES}acme,firm,Acme Pharma\n"},
    "id-conflict": {"entities.csv": f"{ENTITIES}acme,firm,Acme Pharmaceuticals\n"},
    "id-trimmed": {"relations.csv": RELATIONS.replace(",htz", ",\u00a0htz")},
    "id-lookalike": {
        "entities.csv": f"{ENTITIES}ACME,firm,Acme Holding\n",
        "relations.csv": f"{RELATIONS}ACME,located_in,htz\n",
    },
    "type-empty": {"entities.csv": ENTITIES.replace(",firm,", ",,")},
    "type-unknown": {"entities.csv": ENTITIES.replace(",firm,", ",frim,")},
    "name-empty": {"entities.csv": ENTITIES.replace("Acme Pharma", "")},
    "name-duplicate": {
        "entities.csv": f"{ENTITIES}acme-2,firm,Acme Pharma\n",
        "relations.csv": f"{RELATIONS}acme-2,located_in,htz\n",
    },
    "entity-alone": {"entities.csv": f"{ENTITIES}beta,firm,Beta Bio\n"},
    "translation-missing": {
        "entities.csv": _TWO_NAMES,
        "relations.csv": RELATIONS + "".join(f"f{n},located_in,htz\n" for n in range(1, 21)),
    },
    "end-empty": {"relations.csv": f"{RELATIONS}acme,supplies,\n"},
    "end-unknown": {
        "entities.csv": f"{ENTITIES}hengrui,firm,Jiangsu Hengrui Pharmaceuticals\n",
        "relations.csv": f"{RELATIONS}hengrui,located_in,htz\nacme,supplies,hengru\n"
        'acme,supplies,"Jiangsu Hengrui Pharmaceuticals Co., Ltd."\n',
    },
    "end-type": {"relations.csv": f"{RELATIONS}htz,produces,acme\n"},
    "relation-unknown": {"relations.csv": "source,relation,target\nacme,locatd_in,htz\n"},
    "relation-duplicate": {"relations.csv": f"{RELATIONS}acme,located_in,htz\n"},
    "relation-id-duplicate": {
        "relations.csv": "id,source,relation,target\nr1,acme,located_in,htz\nr1,htz,near,acme\n"
    },
    "relation-conflict": {
        "entities.csv": f"{ENTITIES}beta,firm,Beta Bio\n",
        "relations.csv": "source,relation,target,start,share\nacme,owns,beta,2020,51\n"
        "acme,owns,beta,2020,60\nacme,located_in,htz,,\n",
    },
    "relation-mirrored": {
        "entities.csv": f"{ENTITIES}beta,firm,Beta Bio\n",
        "relations.csv": f"{RELATIONS}acme,collaborates_with,beta\nbeta,collaborates_with,acme\n",
    },
    "relation-inverse": {
        "entities.csv": f"{ENTITIES}beta,firm,Beta Bio\n",
        "relations.csv": f"{RELATIONS}acme,owns,beta\nbeta,owned_by,acme\n",
    },
    "relation-loop": {"relations.csv": f"{RELATIONS}acme,owns,acme\n"},
    "hierarchy-circle": {
        "entities.csv": f"{ENTITIES}beta,firm,Beta Bio\ngamma,firm,Gamma Lab\n",
        "relations.csv": f"{RELATIONS}acme,subsidiary_of,beta\nbeta,subsidiary_of,gamma\n"
        "gamma,subsidiary_of,acme\n",
    },
    "period-reversed": {
        "relations.csv": "source,relation,target,start,end\nacme,located_in,htz,2021-05,2019\n"
    },
    "period-overlap": {
        "relations.csv": "source,relation,target,start,end\nacme,located_in,htz,2010,2015\n"
        "acme,located_in,htz,2014,2020\n"
    },
    "value-invalid": {
        "entities.csv": 'id,type,name,founded,employees\nacme,firm,Acme,31/12/1999,"1,234"\n'
        "htz,zone,HTZ,1991年3月,12万\n"
    },
    "date-ambiguous": {
        "entities.csv": "id,type,name,founded\nacme,firm,Acme,03/04/1999\nhtz,zone,HTZ,1991\n"
    },
    "address-invalid": {
        "entities.csv": "id,type,name,url\nacme,firm,Acme,www.acme.example\nhtz,zone,HTZ,\n"
    },
    "evidence-unknown": {
        "relations.csv": "source,relation,target,evidence\nacme,located_in,htz,annual report\n"
    },
    "evidence-type": {
        "relations.csv": "source,relation,target,evidence\nacme,located_in,htz,htz\n"
    },
    "evidence-missing": {
        "entities.csv": f"{ENTITIES}s1,document,Annual report\n",
        "relations.csv": "source,relation,target,evidence\nacme,located_in,htz,s1\n"
        "htz,near,acme,\n",
    },
    "baseline-unused": {
        "baseline.csv": "code,file,key,column,value,reason\n"
        "end-unknown,relations.csv,acme supplies beta,target,beta,to come\n"
    },
}
