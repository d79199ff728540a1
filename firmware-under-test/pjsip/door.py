#!/usr/bin/env python3
"""A user agent on PJSIP that is told things by lines, one command each.

usage: door.py ADDRESS SIP-PORT RTP-PORT

Answers every command with `ok` or `refused: WHY`, and tells what happens in lines that begin with `event`. It decides
nothing that PJSIP decides: what it sends is what the library sends.
"""

import os
import select
import sys

import pjsua2 as pj


def tell(*words):
    print(*words, flush=True)


class Call(pj.Call):
    """A call; only one is up at a time."""

    def __init__(self, door, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(door.account, call_id)
        self.door = door

    def onCallState(self, prm):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("event established")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell("event ended", info.lastStatusCode, info.lastReason)
            if self.door.call is self:
                self.door.call = None
            self.door.over.append(self)

    def onCallMediaState(self, prm):
        self.door.connect(self)

    def onDtmfDigit(self, prm):
        tell("event digit", prm.digit)

    def onCallRedirected(self, prm):
        return pj.PJSIP_REDIRECT_ACCEPT


class Account(pj.Account):
    """Where it is reachable, and whom it registers with."""

    door = None

    def onIncomingCall(self, prm):
        call = Call(self.door, prm.callId)
        parameters = pj.CallOpParam()
        if self.door.call is not None:
            parameters.statusCode = pj.PJSIP_SC_BUSY_HERE
            call.hangup(parameters)
            self.door.over.append(call)
            return
        self.door.call = call
        tell("event incoming", call.getInfo().remoteUri)
        parameters.statusCode = pj.PJSIP_SC_RINGING
        call.answer(parameters)
        tell("event ringing")
        if self.door.answers_itself:
            self.door.answer()

    def onRegState(self, prm):
        info = self.getInfo()
        if prm.code // 100 != 2:
            tell("event registration-failed", prm.code, prm.reason)
        elif info.regIsActive:
            tell("event registered", prm.expiration)
        else:
            tell("event unregistered")


class Door:
    """The device: one account, at most one call."""

    def __init__(self, address, sip_port, rtp_port):
        self.address = address
        self.call = None
        self.over = []
        self.loops = False
        self.answers_itself = False
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.userAgent = ""
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0
        config.logConfig.msgLogging = 0
        config.medConfig.threadCnt = 1
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        self.endpoint.libInit(config)
        self.transports = []
        for kind in (pj.PJSIP_TRANSPORT_UDP, pj.PJSIP_TRANSPORT_TCP):
            transport = pj.TransportConfig()
            transport.port = sip_port
            transport.boundAddress = address
            self.transports.append(self.endpoint.transportCreate(kind, transport))
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            wanted = {"PCMU/8000/1": 200, "PCMA/8000/1": 199, "G722/16000/1": 198}
            self.endpoint.codecSetPriority(codec.codecId, wanted.get(codec.codecId, 0))
        self.account = Account()
        self.account.door = self
        self.settings = pj.AccountConfig()
        self.settings.idUri = f"sip:dut@{address}:{sip_port}"
        self.settings.mediaConfig.transportConfig.port = rtp_port
        self.settings.mediaConfig.transportConfig.boundAddress = address
        self.settings.regConfig.registerOnAdd = False
        self.settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", "door", 0, "s3cret"))
        self.account.create(self.settings)

    def run(self):
        tell("event booted pjsip", self.endpoint.libVersion().full)
        waiting = b""
        while True:
            self.endpoint.libHandleEvents(5)
            self.over.clear()
            readable, _, _ = select.select([0], [], [], 0)
            if not readable:
                continue
            read = os.read(0, 4096)
            if not read:
                return
            *lines, waiting = (waiting + read.replace(b"\r", b"\n")).split(b"\n")
            for line in filter(None, lines):
                self.obey(line.decode(errors="replace").split())

    def obey(self, words):
        verb, arguments = words[0].replace("-", "_"), words[1:]
        action = getattr(self, f"do_{verb}", None)
        if action is None:
            return tell("refused: unknown command")
        try:
            action(*arguments)
        except (pj.Error, TypeError, ValueError) as error:
            return tell("refused:", getattr(error, "reason", error))
        tell("ok")

    def answer(self):
        parameters = pj.CallOpParam()
        parameters.statusCode = pj.PJSIP_SC_OK
        self.current().answer(parameters)

    def connect(self, call):
        try:
            audio = call.getAudioMedia(-1)
        except pj.Error:
            return
        if self.loops:
            audio.startTransmit(audio)
        else:
            audio.stopTransmit(audio)

    def current(self):
        if self.call is None:
            raise ValueError("there is no call")
        return self.call

    def do_status(self):
        tell("event idle" if self.call is None else "event busy")

    def do_answer(self):
        self.answer()

    def do_reject(self):
        parameters = pj.CallOpParam()
        parameters.statusCode = pj.PJSIP_SC_BUSY_HERE
        self.current().hangup(parameters)

    def do_hangup(self):
        self.current().hangup(pj.CallOpParam())

    def do_dial(self, uri):
        if self.call is not None:
            raise ValueError("there is a call")
        self.call = Call(self)
        tell("event dialing", uri)
        try:
            self.call.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            self.call = None
            raise

    def do_query(self, uri):
        request = pj.SendRequestParam()
        request.method = "OPTIONS"
        request.txOption.targetUri = uri
        self.account.sendRequest(request)

    def do_digits(self, digits):
        self.current().dialDtmf(digits)

    def do_hold(self):
        self.current().setHold(pj.CallOpParam())

    def do_resume(self):
        parameters = pj.CallOpParam(True)
        parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.current().reinvite(parameters)

    def do_loopback(self, switch):
        self.loops = switch == "on"
        if self.call is not None:
            self.connect(self.call)

    def do_auto_answer(self, switch):
        self.answers_itself = switch == "on"

    def do_register(self, aor, user, password, expires, registrar):
        self.settings.idUri = aor
        self.settings.regConfig.registrarUri = f"sip:{registrar}"
        self.settings.regConfig.timeoutSec = int(expires)
        self.settings.sipConfig.authCreds.clear()
        self.settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        # A new registrar is registered with at once.
        self.account.modify(self.settings)

    def do_unregister(self):
        self.account.setRegistration(False)


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 64
    # Why it breaks down is for the console.
    sys.stderr = sys.stdout
    Door(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
