"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML). 配置文件")]
Rooms = Annotated[
    list[str] | None,
    typer.Option(
        "--room", help="Room URL: ws://…, listen://…, twitch://…; several are one show. 直播间地址，多个算同一场"
    ),
]
Goods = Annotated[Path | None, typer.Option("--catalogue", help="Your products: .csv, .xlsx or .json. 商品表")]
Rules = Annotated[Path | None, typer.Option("--rules", help="Table of advertising law (.toml). 广告法规则表")]
ScriptFile = Annotated[Path | None, typer.Option("--script", help="Script for the teleprompter (.json). 提词脚本")]
RedisUrl = Annotated[str | None, typer.Option("--redis-url", help="Valkey/Redis; default: embedded. 默认用内置")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder for journals and the store. 数据目录  [.zhubo]")]
PagePort = Annotated[
    int | None, typer.Option("--page-port", help="Port of the page, 0 for none. 网页端口，0 为不开  [8765]")
]
PageHost = Annotated[str | None, typer.Option("--page-host", help="Address of the page. 网页地址  [127.0.0.1]")]
MqttPort = Annotated[
    int | None, typer.Option("--mqtt-port", help="Port of the MQTT feed, 0 for none. MQTT 端口，0 为不开  [1883]")
]
Model = Annotated[str | None, typer.Option("--model", help="Hugging Face name or folder of the writer. 模型名或目录")]
ModelCache = Annotated[Path | None, typer.Option("--model-cache", help="Folder of converted weights. 权重缓存目录")]
Batch = Annotated[int | None, typer.Option("--batch", help="Questions a worker writes together. 每批问题数  [8]")]
Threads = Annotated[int | None, typer.Option("--threads", help="CPU threads of a worker, 0: all but one. 线程数  [0]")]
Dtype = Annotated[str | None, typer.Option(help="bf16, fp16, fp32, int8; default: the fastest here. 计算精度")]
Encoder = Annotated[str | None, typer.Option(help="Model that reads texts beside the writer. 编码模型")]
Apart = Annotated[bool | None, typer.Option("--apart", help="Each --room is a show of its own. 每个直播间各自独立")]
Unofficial = Annotated[
    bool | None, typer.Option("--unofficial", help="Accept unofficial platform routes. 允许非官方接口")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more. 输出更多日志")]
