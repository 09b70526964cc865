"""`make recording`: does a new version answer as an old one did, byte for byte?"""
