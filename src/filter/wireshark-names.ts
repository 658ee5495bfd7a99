// Filter names of the protocols that Wireshark 4.0 knows, so that an unknown name can be told apart from a misspelt one.
// Made from the third column of `tshark -G protocols`.

const NAMES = `
29west 2dparityfec 3comxns 3gpp 5co_legacy 5gli 6lowpan 9p a11 a21 a615a aaf aal1 aal3_4 aarp aasp acap acdr acf acf-can acf-lin
acn acp133 acr122 acse actrace adb adb_cs adb_service adp adwin adwin_config aeron afp afs agentx ah aim aim_admin aim_adverts
aim_bos aim_buddylist aim_chat aim_chatnav aim_dir aim_email aim_generic aim_icq aim_invitation aim_location aim_lookup
aim_messaging aim_popup aim_signon aim_ssi aim_sst aim_stats aim_translate ain aj ajns ajp13 alc alcap alt_beacon amf amp amqp amr
amr_wb ams amt ancp ans ansi_637_tele ansi_637_trans ansi_683 ansi_801 ansi_a_bsmap ansi_a_dtap ansi_map ansi_tcap aodv aoe aol
ap1394 applemidi aprs aptx ar_drone arcnet ardp armagetronad arp artemis artnet aruba_erm aruba_erm_type0 aruba_erm_type1
aruba_erm_type2 aruba_erm_type3 aruba_erm_type4 aruba_erm_type5 aruba_erm_type6 aruba_iap asap ascend asf asp asphodel asterix at
ath atldf atm atmarp atmtcp atn-cm atn-cpdlc atn-ulcs atp atsvc auto_rp autosar-nm avsp awdl awdl_data ax25 ax25_kiss ax25_nol3
ax4000 ayiya babel bacapp bacnet bacp banana bap basicxid bat batadv bblog bcp_bpdu bcp_ncp bctp beacon beep bencode ber bfcp bfd
bfd_echo bgp bicc bicc_mst bitcoin bittorrent bjnp blip bluecom bluetooth bmc bmp bofl bootparams bossvr bpq bpsec bpv7 brcm-tag
brdwlk browser brp bsap bscvlc bssap bssap_le bssap_plus bssgp bsslap bt-dht bt-utp bt3ds bta2dp
bta2dp_content_protection_header_scms_t btamp btatt btavctp btavdtp btavrcp btbnep btbredr_fhs btbredr_rf btcommon btdun btgatt
btgnss bthci_acl bthci_cmd bthci_evt bthci_iso bthci_iso_data bthci_sco bthcrp bthfp bthid bthsp btl2cap btle btle_rf btlmp btmcap
btmesh btmproxy btpa btpb btrfcomm btsap btsdp btsmp btsnoop btspp btvdp btvdp_content_protection_header_scms_t budb bundle butc
bvlc bzr c1222 c15 c15hbeat calcappprotocol camel can caneth canfd canopen capwap carp cast cattp cba_acco_cb cba_acco_cb2
cba_acco_mgt cba_acco_mgt2 cba_acco_server cba_acco_server2 cba_acco_server_srt cba_acco_sync cba_browse cba_browse2
cba_grouperror cba_grouperror_event cba_ldev cba_ldev2 cba_pdev cba_pdev2 cba_pdev_pc cba_pdev_pc_event cba_persist cba_persist2
cba_rtauto cba_rtauto2 cba_state cba_state_event cba_sysprop cba_time cbcp cbor cbrs_oids cbsp ccp ccsds ccsrl cdma2k cdp cdpcp
cds_clerkserver cds_solicit cdt cemi ceph cesoeth cfdp cflow cfm cfp cgmp chap chargen chargingase chdlc cigi cimd cimetrics cip
cipcco cipcls cipcm cipio cipio1 cipm cipm3 cipmb cippccc cipsafety cipsafety_bd cipsafety_bt cipsafety_ed cipsafety_et
cipssupervisor cipsvalidator cl3 cl3dcw clacse classicstun cldap clearcase clip clique-rm clnp clpres clsp cltp clusapi cmd cmip
cmp cmpp cms cnip coap collectd communityid comp_data componentstatusprotocol conv cops corosync_totemnet corosync_totemsrp cose
cose_params cosine cotp couchbase cp2179 cpfi cpha cprpc_server cql credssp crf crmf crtp crtp_cntcp crtp_cs crtp_cudp16
crtp_cudp8 csm_encaps csn1 ctdb cups cvf cvspserver cwids daap dap data data-l1-events data-text-lines daytime db-lsp db-lsp-disc
dbus dc dcc dccp dce_update dcerpc dcom dcp-af dcp-etsi dcp-pft dcp-tpl dct2000 ddp ddtp dec_dna dec_stp dect devicenet dhcp
dhcpfo dhcpv6 diameter dicom dis disp dispatch distcc djiuav dlep dlm3 dlr dlsw dlt dmp dmx dmx_chan dmx_sip dmx_test dmx_text
dnp3 dns dnsserver docsis docsis_bintrngreq docsis_cmctrlrsp docsis_cmstatus docsis_cmstatusack docsis_dbcack docsis_dbcreq
docsis_dbcrsp docsis_dccack docsis_dccreq docsis_dccrsp docsis_dcd docsis_dpd docsis_dsaack docsis_dsareq docsis_dsarsp
docsis_dscack docsis_dscreq docsis_dscrsp docsis_dsdreq docsis_dsdrsp docsis_emreq docsis_emrsp docsis_init_ranging
docsis_intrngreq docsis_map docsis_mdd docsis_mgmt docsis_ncp docsis_ocd docsis_optack docsis_optreq docsis_optrsp docsis_plc
docsis_rba docsis_regack docsis_regreq docsis_regreqmp docsis_regrsp docsis_regrspmp docsis_rngreq docsis_rngrsp docsis_segment
docsis_sync docsis_tlv docsis_type29ucd docsis_type35ucd docsis_type51ucd docsis_uccreq docsis_uccrsp docsis_ucd docsis_vsif dof
dof-tcp dof-udp doip dop dpaux dpauxmon dplay dpnet dpnss dpnss_link dpp drb drbd drda drsuapi dsi dsp dsr dssetup dtcp-ip dtls
dtp dtps dtpt dtsprovider dtsstime_req dua dvb-ci dvb-s2_bb dvb-s2_gse dvb-s2_modeadapt dvb-s2_table dvb_ait dvb_bat dvb_data_mpe
dvb_eit dvb_ipdc dvb_nit dvb_sdt dvb_sit dvb_tdt dvb_tot dvmrp dx dxl e100 e164 e1ap e212 e2ap eap eapol ebhscr ecat ecat_mailbox
ecatf echo ecmp ecp ecp21 ecpri edonkey edp eero efs egd ehdlc ehs eigrp eiss elasticsearch elcom elf elmi enc enip enrp enttec
eobi epl epl_v1 epm epm4 epmd epon erf erldp erspan erspan-marker esio esis esl esp ess etag etch eth etherip ethertype eti
etsi_cat etv-ddb etv-dii etw eventlog evrc evrc_legacy evrcb evrcnw evrcnw2k evrcwb evs exablaze exec exeh exported_pdu
extrememesh extrememesh_l2upd extrememesh_mch extrememesh_probe extrememesh_ps_arep extrememesh_ps_areq extrememesh_ps_bann
extrememesh_ps_bred extrememesh_ps_brep extrememesh_ps_breq extrememesh_ps_perr extrememesh_ps_prem extrememesh_ps_prep
extrememesh_ps_preq extrememesh_ps_prer extrememesh_ps_prst extrememesh_ps_srep extrememesh_ps_sreq extrememesh_ps_trace f1ap
f5ethtrailer f5fileinfo fb_zero fc fc00 fcct fcdns fcels fcfzs fcgi fcip fcoe fcoib fcp fcs fcsb3 fcsof fcsp fddi fdp fefd felica
ff file file-blf file-pcap file-pcapng fileexp find finger fip fix fldb flexnet flexray flip fmp fmp_notify fmtp forces
fortinet_sso fp fp_hint fp_mux fpp fr fractalgeneratorprotocol frame frsapi frsrpc frstrans fsrvp ftam ftdi-ft ftdi-mpsse ftp
ftp-data ftserver fw1 g723 gadu-gadu gbcs_gbz gbcs_message gbcs_tunnel gcsna gdb gdsdb gdt gearman ged125 gelf geneve genl gfp
gift giop giop-coseventcomm giop-cosnaming giop-gias giop-parlay giop-tango git glbp glow glusterd glusterfs gmhdr gmrp gmtrailer
gnutella gnw goose gopher gpef gprs-ns gprscdr gquic gre grebonding grpc gryphon gsm-r-uus1 gsm_a gsm_abis_om2000 gsm_abis_oml
gsm_abis_pgsl gsm_abis_rsl gsm_abis_tfp gsm_bssmap_le gsm_cbch gsm_cbs gsm_ipa gsm_map gsm_rlcmac gsm_sim gsm_sms gsm_sms_ud
gsm_um gsmtap gsmtap_log gss-api gsup gtp gtpprime gtpv2 gvcp gvrp gvsp h1 h221nonstd h223 h223_bitswapped h225 h225_ras h235 h245
h248 h248e h248q1950 h261 h263 h263p h264 h265 h323 h450 h460 h501 hart_ip hbbak hci_h1 hci_h4 hci_mon hci_usb hclnfsd hcrt hdcp
hdcp2 hdfs hdfsdata hdmi hicp hip hipercontracer hiqnet hislip hl7 hnbap homeplug homeplug-av hp_erm hpext hpfeeds hpna hpsw
hpteam hsms hsr hsr_prp_supervision hsrp http http2 http3 hyperscsi hzlcst i1d3 i2c i2c_data i2c_event iap iapp iax2 ibeacon icall
icap icep icl_rpc icmp icmpv6 icp icq idmp idn idp idrp iec60870_101 iec60870_104 iec60870_5_103 iec60870_asdu iec61883
ieee1609dot2 ieee1722 ieee17221 ieee1905 ieee8021ad ieee8021ah ieee8021cb ieee802a ifcp igap igmp igrp ilmi ilp image-gif
image-jfif imap imf inap infiniband infiniband_link infiniband_sdp initshutdown interlink ioraw ip ipaccess ipars ipcomp ipcp ipdc
ipdr ipdr_samis_type_1 ipdum iperf2 ipfc ipmb ipmi ipmi_session ipnet ipoib ipos ipp ippusb ipsictl ipv6 ipv6cp ipvs ipx ipxmsg
ipxrip ipxsap ipxwan irc ircomm iremotewinspool irlap irlmp isakmp iscsi isdn isdn_sup iser isi isis isl ismacryp ismacryp_v11
ismacryp_v20 ismp isns iso10681 iso14443 iso15765 iso7816 iso8583 isobus isup isystemactivator itdm its itunes iua iuup
iwarp_ddp_rdmap iwarp_mpa ixiatrailer ixveriwave j1939 jdwp jmirror jpeg json json_3gpp juniper jxta k12 kadm5 kafka kcs kdp kdsp
kerberos kf kif kink kip kismet klm knet kpasswd krb4 krb5rpc kt l2tp lacp lane lanforge lanman lapb lapbether lapd lapdm laplink
lapsat lat lbmc lbmpdm lbmpdm_tcp lbmr lbmsrs lbtrm lbtru lbttcp lcp lcsap lct ldac ldap ldp ldss lg8979 lge_monitor lin link16
linx linxtcp lisp lisp-data lisp-tcp list lithionics_bms llap llb llc llcgprs lldp llmnr llrp llt lltd lmi lmp lnet lnpdqp log
log3gpp logcat logcat_text logotypecertextn lon loop loratap lorawan lpd lpp lppa lppe lr lsarpc lsc lsd lte_rrc ltp lustre lwapp
lwapp-cntl lwapp-l3 lwl4 lwm lwm2mtlv lwres m2ap m2m m2pa m2tp m2ua m3ap m3ua maap mac mac-lte mac-lte-framed mac-nr macc macsec
mactelnet magic mailslot manolito mapi marker mate mausb mbim mbrtu mbtcp mbudp mc-nmf mcc mcp mcpe mdns mdp mdshdr mdssvc media
megaco memcache mesh message-http messenger meta metamako mgcp mgmt mifare mih mikey mime_dlt mime_multipart mint mint_data miop
mip mipv6 misc mka mle mms mmse mndp modbus mojito moldudp moldudp64 mongo mount mp mp2t mp4 mp4v-es mpeg mpeg-audio mpeg-pes
mpeg1 mpeg_ca mpeg_descr mpeg_dsmcc mpeg_pat mpeg_pmt mpeg_sect mpls mpls-echo mpls_mac mpls_psc mpls_y1711 mplscp mplspmdlm
mplspmdlmdm mplspmdm mplspmilm mplspmilmdm mplspwatm11_or_aal5pdu mplspwatmaal5sdu mplspwatmcell mplspwatmcellheader
mplspwatmcontrolword mplspwatmn1cw mplspwatmn1nocw mplstp_fm mplstp_lock mptcp mq mqpcf mqtt mqttsn mrcpv2 mrdisc mrp-mmrp
mrp-msrp mrp-mvrp ms-nns mscml msdp msgpack msmms msnip msnlb msnms msproxy msrcp msrp mstp mswsp mtp2 mtp3 mtp3mg mudurl mux27010
mysql nan nano nas-5gs nas-eps nasdaq_itch nasdaq_soup nat-pmp nb_rtpmux nbap nbd nbdgm nbifom nbipx nbns nbp nbss ncp ncs ncsi
ndmp ndp ndps negoex net_dm netanalyzer netbios netdfs netdump netlink netlink-netfilter netlink-route netlink-sock_diag
netmon_802_11 netmon_event netmon_filter netmon_header netmon_network_info netmon_process netmon_system_config netmon_system_trace
netperfmeter netrix netrom netsync nettl newmail nfapi nflog nfs nfsacl nfsauth ngap nge nhrp nisplus nispluscb nist_csor njack
nl80211 nlm nlsp nmas nmpi nntp noe nordic_ble norm novell_pkis nr nr-rrc nrppa nrup ns ns_cert_exts nsh nspi nsrp ntlmssp ntp
ntscf null nvme nvme-rdma nvme-tcp nw_mtp nw_serial nwp nxp_802154_sniffer oamaal oampdu obd-ii obex ocfs2 ocp1 ocsp oer oicq olsr
omapi omron opa opcua openflow openflow_v1 openflow_v4 openflow_v5 openflow_v6 opensafety opensafety_udp openthread openvpn
openwire opsi optommp opus oran_fh_cus osc oscore osi osinlcp osmo_trxc osmo_trxd osmux ospf ossp ouch oxid p1 p22 p3 p7 p772
p_mul packetbb packetcable_avps packetlogger pagp paltalk pana pap papi pathport pbadv pcap pcap_pktdata pcapng pcep pcli pcli12
pcli20 pcli8 pcnfsd pcomascii pcombinary pcomtcp pcp pdc pdcp-lte pdcp-nr pdu_transport peap peekremote per pfcp pflog pflog-old
pgm pgsql pim pingpongprotocol pkcs-1 pkcs10 pkcs12 pkinit pkix-cert pkix1explicit pkix1implicit pkixac pkixproxy pkixqualified
pkixtsp pkt_ccc pkt_comment pktap pktc pktgen pmproxy pn532 pn532_hci pn_dcp pn_io pn_io_apdu_status pn_io_controller pn_io_device
pn_io_implicitar pn_io_parameterserver pn_io_supervisor pn_io_time_aware_status pn_mrp pn_mrrt pn_ptcp pn_rt png pnp pnrp
poc-settings pop portcontrol portmap ppcap ppi ppi_antenna ppi_gps ppi_sensor ppi_vector ppp ppp_hdlc pppmux pppmuxcp pppoe pppoed
pppoes pptp prap pres presence prism protobuf protobuf_json provideclassinfo provisioning proxy prp psample ptp ptpip pulse pvfs
pw_hdlc_nocw_fr pw_hdlc_nocw_hdlc_ppp pw_oam pwach pwcesopsn pwethcw pwethheuristic pwethnocw pwfr pwmcw pwsatopcw q2931 q708 q931
q932 q933 qllc qos qsig quake quake2 quake3 quakeworld quic r-goose r-stp r09 r3 radiotap radius raknet ranap raw raw_sigcomp
raw_sip rbm rdaclif rdc rdm rdmnet rdp rdp_drdynvc rdp_egfx rdpmt rdpudp rdt realtek redback redbackli reginfo reload
reload-framing remact remunk remunk2 rep rep_proc resp rfc2190 rfc7468 rfr rftap rgmp riemann rip ripng rlc rlc-lte rlc-nr rldp
rlm rlogin rmcp rmi rmp rmt-fec rmt-lct rnsap rohc roofnet roon_disco ros roverride rpc rpc_browser rpc_netlogon rpcap rpcordma
rpkirtr rpl rpriv rquota rras rrc rrcp rrlp rs_acct rs_attr rs_attr_schema rs_bind rs_misc rs_pgo rs_plcy rs_prop_acct rs_prop_acl
rs_prop_attr rs_prop_pgo rs_prop_plcy rs_pwd_mgmt rs_repadm rs_replist rs_repmgr rs_unix rsec_login rsh rsip rsp rss rstat rsvd
rsvp rsvp-e2ei rsync rtacser rtcdc rtcfg rtcp rtitcp rtls rtmac rtmp rtmpt rtp rtp_rfc2198 rtpevent rtpmidi rtpproxy rtps rtpsproc
rtpsvt rtse rtsp rua rudp rwall rx s101 s1ap s4607 s5066dts s5066sis s7comm sabp sadmind sametime samr sap sasp sbc sbcap sbus
sccp sccpmg scop scsi scsi_mmc scsi_osd scsi_sbc scsi_smc scsi_ssc scte35 scte35_private_command scte35_si scte35_splice_schedule
scte35_time sctp scylla sdap sdh sdlc sdp sebek secidmap selfm serialization ses sflow sftp sgimount sgsap shicp shim6 sigcomp
signal_pdu siii simple simulcrypt sip sipfrag sir sita skinny skype slarp slimp3 sll slow slsk sm smb smb2 smb_direct smb_netlogon
smb_pipe smc smil sml smp smpp smrse smtp smux sna sna_xid snaeth sndcp sndcpxid snmp snort socks solaredge someip someipsd
soupbintcp sparkplugb spdy spice spnego spnego-krb5 spoolss spp spray sprt spx srp srt srtcp srvloc srvsvc sscf-nni sscop ssdp ssh
ssp sss sstp ssyncp starteam stat statnotify stcsig steam_ihs_discovery stp stt stun sua sv svcctl swils swipe symantec sync
synergy synphasor syscall sysdig sysex sysex_digitech syslog systemd_journal t124 t125 t30 t38 tacacs tacplus tali tapa tapi
taskschedulerservice tc_nv tcap tcg_cp_oids tcp tcpcl tcpcl_exts tcpencap tcpros tdma tdmoe tdmop tds teap tecmp tei_management
teklink telkonet telnet teredo tetra tfp tftp thread thread_address thread_bcn thread_coap thread_diagnostic thread_meshcop
thread_nwd thrift tibia tiff time tipc tivoconnect tkn4int tls tmode tn3270 tn5250 tnef tns tpcp tpkt tplink-smarthome tpm tpncp
tr transum trill trksvr trmac ts2 tscf tsdns tsp ttag tte tte_pcf ttp turbocell turbocell_aggregate turnchannel tuxedo typeinfo
tzsp u3v ua ua3g uasip uasp uaudp uavcan_can uavcan_dsdl ubdp ubertooth ubikdisk ubikvote ucp udld udp udpcp udpencap udplite uds
udt uftp uftp4 uftp5 uhd ulp uma unistim urlencoded-form usb usbaudio usbccid usbcom usbdfu usbhid usbhub usbip usbll usbms
usbmsclass usbport usbprinter usbvideo user_dlt userlog uts v120 v150fw v52 v5dl v5ef v5ua vcdu vdp21 vicp vines vines_arp
vines_echo vines_frp vines_icp vines_ip vines_ipc vines_llc vines_rtp vines_spp vjc vlan vmlab vnc vntag vp8 vpp vpp-metadata
vpp-opaque vpp-opaque2 vpp-trace vrrp vrt vsip vsncp vsnp vsock vssmonitoring vtp vuze-dht vxi11_async vxi11_core vxi11_intr vxlan
vxlan_gpe wai wap-sir wassp watcherinfo waveagent wbxml wccp wcp websocket wg whdlc who whois wifi_display wifi_p2p wimaxasncp
wimaxmacphy winreg winsrepl wisun witness wkssvc wlan wlan_aggregate wlan_centrino wlan_ext wlan_radio wlan_rsna_eapol wlancap
wlancertextn wlccp wmx wol wow woww wpan wpan-nonask-phy wpan-tap wpan-zboss wps wreth wsmp wsp wtls wtp wzcsvc x11 x25 x29 x2ap
x509af x509ce x509if x509sat xcap-caps xcap-error xcsl xdmcp xip xipserval xiri xmcp xml xmpp xnap xot xra xti xtp xyplex yami
yhoo ymsg ypbind yppasswd ypserv ypxfr z3950 zbee_apf zbee_aps zbee_beacon zbee_ie zbee_nwk zbee_nwk_gp zbee_zcl zbee_zdp
zbip_beacon zbncp zebra zep ziop zip zrtp zvt
`

let known: ReadonlySet<string> | null = null

/** Does Wireshark have a protocol of this filter name? */
export function wiresharkKnows(protocol: string): boolean {
  known ??= new Set(NAMES.trim().split(/\s+/))
  return known.has(protocol)
}
